// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.spawn;

import dev.ringfork.bindings.Platform;
import dev.ringfork.bindings.SyscallException;
import dev.ringfork.bindings.Syscalls;
import dev.ringfork.bindings.WaitStatus;
import dev.ringfork.natives.NativeLibrary;
import dev.ringfork.reactor.Clock;
import dev.ringfork.reactor.Reactor;
import dev.ringfork.reactor.Timer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Has workers forked, without exec, from a small program that has loaded the virtual machine and
 * not created it: each worker creates its own, with the options of this one. Confined to the
 * master's thread.
 *
 * <p>What that saves is exec and the linking of the virtual machine, which workers then share. What
 * it does not is the start of the machine itself.
 *
 * <p>The master does not wait for the launcher: orders are given one after the other, and answers
 * come through its loop. A launcher that dies, or does not answer, is replaced when the next worker
 * is started; the workers that it has forked go on. Of one that it may have forked without anybody
 * having heard of it, it is known in the end whether it is there.
 */
public final class ColdSpawner implements Spawner {
    /** Of a worker whose launcher is gone: init has reaped it, and nobody knows how it ended. */
    private static final WaitStatus UNKNOWN = WaitStatus.of(0);

    /** A fork takes a millisecond or two; this is for a machine that is all but stuck. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Syscalls syscalls;
    private final Path libjvm;
    private final MachineStart machine;
    private final Map<String, String> environment;
    private final Consumer<String> report;
    private final long patienceNs;
    private final ArrayDeque<Birth> wishes = new ArrayDeque<>();
    private final Set<LauncherPost> posts = new HashSet<>();
    private final Timer late = new Timer(this::late);
    private Placement placement = Placement.NONE;
    private @Nullable Reactor reactor;
    private Ends ends = (pid, ended) -> {};

    /** The one that is asked; the others are on their way out. */
    private @Nullable LauncherPost launcher;

    /** What it was asked for and has not answered. */
    private @Nullable Errand asked;

    private ColdSpawner(
            Syscalls syscalls,
            Path libjvm,
            MachineStart machine,
            Map<String, String> environment,
            Consumer<String> report,
            Duration patience) {
        this.syscalls = syscalls;
        this.libjvm = libjvm;
        this.machine = machine;
        this.environment = Map.copyOf(environment);
        this.report = report;
        this.patienceNs = patience.toNanos();
    }

    /**
     * Starts a launcher for workers with a command line of {@code java}, and waits until it is
     * ready.
     *
     * @param environment what they get beside their assignment
     * @param report is told when a launcher dies
     * @throws IllegalStateException if there can be none: the message says why
     * @throws dev.ringfork.bindings.SyscallException if there is no room for another process
     */
    public static ColdSpawner open(
            Syscalls syscalls,
            CommandLine commandLine,
            Map<String, String> environment,
            Consumer<String> report) {
        return open(syscalls, commandLine, environment, report, PATIENCE);
    }

    /** The same with a launcher that is given up when it has not answered for so long. */
    static ColdSpawner open(
            Syscalls syscalls,
            CommandLine commandLine,
            Map<String, String> environment,
            Consumer<String> report,
            Duration patience) {
        String classPath = System.getProperty("java.class.path", "");
        MachineStart machine = MachineStart.of(commandLine, environment, classPath);
        ColdSpawner spawner =
                new ColdSpawner(syscalls, libjvm(), machine, environment, report, patience);
        Launcher first = spawner.start();
        try {
            first.awaitReady(PATIENCE);
        } catch (Launcher.Gone e) {
            first.close();
            throw new IllegalStateException(e.getMessage(), e);
        }
        spawner.launcher = spawner.post(first);
        return spawner;
    }

    private static Path libjvm() {
        String name = Platform.current().macos() ? "libjvm.dylib" : "libjvm.so";
        Path libjvm = Path.of(System.getProperty("java.home"), "lib", "server", name);
        if (!Files.isReadable(libjvm)) {
            throw new IllegalStateException(
                    "there is no %s, which the launcher would load".formatted(libjvm));
        }
        return libjvm;
    }

    private Launcher start() {
        return switch (NativeLibrary.findLauncher(Platform.current().key())) {
            case NativeLibrary.Absent absent -> throw new IllegalStateException(absent.reason());
            case NativeLibrary.Present program -> {
                try (program) {
                    yield Launcher.start(syscalls, program.path(), libjvm, machine, environment);
                }
            }
        };
    }

    @Override
    public String name() {
        return "cold";
    }

    @Override
    public void place(Placement placement) {
        this.placement = placement;
    }

    private LauncherPost post(Launcher started) {
        LauncherPost post = new LauncherPost(started, new Replacement());
        posts.add(post);
        return post;
    }

    @Override
    public void attach(Reactor reactor, Ends ends) {
        this.reactor = reactor;
        this.ends = ends;
        if (launcher != null) {
            launcher.attach(reactor, ends);
        }
    }

    @Override
    public void spawn(Birth birth) {
        wishes.add(birth);
        next();
    }

    /** Gives the next order, if no answer is waited for. */
    private void next() {
        while (asked == null && !wishes.isEmpty()) {
            Birth birth = wishes.remove();
            // Only now, so that those that wait take no descriptors.
            Assignment assignment = birth.assignment();
            if (assignment != null) {
                order(assignment, birth);
            }
        }
    }

    private void order(Assignment assignment, Birth birth) {
        Errand errand;
        try {
            errand = new Errand(running(), birth);
        } catch (IllegalStateException | SyscallException e) {
            birth.failed(e);
            return;
        }
        asked = errand;
        placement.enter(assignment.slot(), errand.post.pid());
        try {
            errand.post.spawn(assignment, errand);
            loop().schedule(late, Clock.nowNs() + patienceNs);
        } catch (Launcher.Gone e) {
            birth.failed(new IllegalStateException("the launcher " + dismiss(errand.post, e)));
        } catch (IllegalStateException | SyscallException e) {
            settle(errand);
            birth.failed(e);
        }
    }

    private LauncherPost running() {
        LauncherPost running = launcher;
        if (running == null) {
            running = post(start());
            try {
                running.attach(loop(), ends);
            } catch (SyscallException e) {
                posts.remove(running);
                running.close();
                throw e;
            }
            launcher = running;
        }
        return running;
    }

    private Reactor loop() {
        if (reactor == null) {
            throw new IllegalStateException("it is attached to no loop");
        }
        return reactor;
    }

    /** An order for a worker. */
    private final class Errand implements LauncherPost.Reply {
        private final LauncherPost post;
        private final Birth birth;

        Errand(LauncherPost post, Birth birth) {
            this.post = post;
            this.birth = birth;
        }

        @Override
        public void answered(Launcher.Answer answer) {
            settle(this);
            if (answer.result() < 0) {
                birth.failed(new SyscallException("launcher", -answer.result(), answer.text()));
            } else {
                birth.born(answer.result());
            }
            next();
        }

        @Override
        public void unanswered(String why) {
            settle(this);
            birth.failed(new IllegalStateException("the launcher " + why));
            next();
        }
    }

    /** What was asked for is answered, or is not waited for any longer. */
    private void settle(Errand errand) {
        if (asked != errand) {
            return;
        }
        asked = null;
        loop().cancel(late);
        if (launcher == errand.post) {
            placement.leave(errand.post.pid());
        }
    }

    private void late() {
        if (asked != null) {
            long ms = Duration.ofNanos(patienceNs).toMillis();
            asked.post.dismiss("is of no use (it has not answered for %d ms)".formatted(ms));
        }
    }

    private static String dismiss(LauncherPost post, RuntimeException trouble) {
        String why = "is of no use (%s)".formatted(trouble.getMessage());
        post.dismiss(why);
        return why;
    }

    /** Another launcher takes over from one that ends. */
    private final class Replacement implements LauncherPost.Holder {
        @Override
        public void useless(LauncherPost post) {
            if (launcher == post) {
                launcher = null;
                if (asked != null) {
                    settle(asked);
                }
                next();
            }
        }

        @Override
        public void ended(LauncherPost post, String why, WaitStatus how) {
            posts.remove(post);
            report.accept(
                    "the launcher (pid %d) %s, %s: its workers go on, the next worker is forked by a new launcher"
                            .formatted(post.pid(), why, how));
        }
    }

    @Override
    public void reap(Syscalls syscalls, int pid, Consumer<WaitStatus> told) {
        if (Platform.current().linux()) {
            told.accept(Spawner.reapChild(syscalls, pid));
        } else if (launcher == null) {
            told.accept(UNKNOWN);
        } else {
            reapThrough(launcher, pid, told);
        }
    }

    private static void reapThrough(LauncherPost post, int pid, Consumer<WaitStatus> told) {
        try {
            post.reap(
                    pid,
                    new LauncherPost.Reply() {
                        @Override
                        public void answered(Launcher.Answer answer) {
                            boolean reaped = answer.result() == pid;
                            told.accept(reaped ? WaitStatus.of(answer.status()) : UNKNOWN);
                        }

                        @Override
                        public void unanswered(String why) {
                            told.accept(UNKNOWN);
                        }
                    });
        } catch (Launcher.Gone | SyscallException e) {
            // A worker that it cannot be asked to reap is reaped by init, once it is gone.
            dismiss(post, e);
            told.accept(UNKNOWN);
        }
    }

    /** Ends the launcher; workers go on. */
    @Override
    public void close() {
        posts.forEach(LauncherPost::close);
        posts.clear();
        wishes.clear();
        launcher = null;
        asked = null;
    }
}
