// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.spawn;

import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.Platform;
import dev.ringfork.bindings.SyscallException;
import dev.ringfork.bindings.Syscalls;
import dev.ringfork.bindings.WaitStatus;
import dev.ringfork.natives.NativeLibrary;
import dev.ringfork.reactor.Clock;
import dev.ringfork.reactor.Reactor;
import dev.ringfork.reactor.Registration;
import dev.ringfork.reactor.Timer;
import dev.ringfork.reactor.demux.Interest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Map;
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
 * is started; the workers that it has forked go on.
 */
public final class ColdSpawner implements Spawner {
    /** A fork takes a millisecond or two; this is for a machine that is all but stuck. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Syscalls syscalls;
    private final Path libjvm;
    private final MachineStart machine;
    private final Map<String, String> environment;
    private final Consumer<String> report;
    private final long patienceNs;
    private final ArrayDeque<Birth> wishes = new ArrayDeque<>();
    private final Registration answers = new Registration((_, _) -> hear());
    private final Timer late = new Timer(this::late);
    private Placement placement = Placement.NONE;
    private @Nullable Reactor reactor;
    private Ends ends = (pid, ended) -> {};
    private @Nullable Launcher launcher;

    /** What the launcher was asked for and has not answered. */
    private @Nullable Wish asked;

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

    /** A worker that was asked for. */
    private record Wish(Assignment assignment, Birth birth) {}

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
        spawner.launcher = first;
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

    @Override
    public void attach(Reactor reactor, Ends ends) {
        this.reactor = reactor;
        this.ends = ends;
        if (launcher != null) {
            watch(reactor, launcher);
        }
    }

    private void watch(Reactor loop, Launcher watched) {
        Errno.check("add", loop.add(answers, watched.fd(), Interest.READ), "the launcher");
        ends.watch(
                watched.pid(),
                () -> {
                    if (launcher == watched) {
                        lost("has died");
                        next();
                    }
                });
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
        Wish wish = new Wish(assignment, birth);
        asked = wish;
        try {
            order(wish);
        } catch (Launcher.Gone e) {
            lost("is of no use (%s)".formatted(e.getMessage()));
        } catch (IllegalStateException | SyscallException e) {
            settled().birth.failed(e);
        }
    }

    private void order(Wish wish) {
        if (reactor == null) {
            throw new IllegalStateException("it is attached to no loop");
        }
        Launcher running = launcher;
        if (running == null) {
            running = start();
            try {
                watch(reactor, running);
            } catch (SyscallException e) {
                answers.remove();
                running.close();
                throw e;
            }
            launcher = running;
        }
        placement.enter(wish.assignment.slot(), running.pid());
        Assignment there = wish.assignment.there();
        running.spawn(wish.assignment.manifest().descriptors(), there.variables());
        reactor.schedule(late, Clock.nowNs() + patienceNs);
    }

    /** What was asked for is answered, or will not be. */
    private Wish settled() {
        Wish wish = asked;
        if (wish == null) {
            throw new IllegalStateException("nothing was asked for");
        }
        asked = null;
        if (reactor != null) {
            reactor.cancel(late);
        }
        if (launcher != null) {
            placement.leave(launcher.pid());
        }
        return wish;
    }

    private void hear() {
        Launcher running = launcher;
        try {
            while (running != null && running == launcher) {
                Launcher.Answer answer = running.receive();
                if (answer == null) {
                    answers.exhausted(Interest.READ);
                    return;
                }
                heard(answer);
            }
        } catch (Launcher.Gone e) {
            lost("has died");
        }
        next();
    }

    private void heard(Launcher.Answer answer) {
        if (answer.ready()) {
            if (answer.result() < 0) {
                lost("cannot load the virtual machine (%s)".formatted(answer.text()));
            }
        } else if (asked != null) {
            Birth birth = settled().birth;
            if (answer.result() < 0) {
                birth.failed(new SyscallException("launcher", -answer.result(), answer.text()));
            } else {
                birth.born(answer.result());
            }
            next();
        }
    }

    private void late() {
        lost(
                "is of no use (it has not answered for %d ms)"
                        .formatted(Duration.ofNanos(patienceNs).toMillis()));
        next();
    }

    /** The launcher will not answer any more. */
    private void lost(String what) {
        Launcher dead = launcher;
        if (dead == null) {
            return;
        }
        launcher = null;
        answers.remove();
        int pid = dead.pid();
        WaitStatus how = dead.end();
        dead.close();
        report.accept(
                "the launcher (pid %d) %s, %s: its workers go on, the next worker is forked by a new launcher"
                        .formatted(pid, what, how));
        if (asked != null) {
            settled().birth.failed(new IllegalStateException("the launcher " + what));
        }
    }

    @Override
    public WaitStatus reap(Syscalls syscalls, int pid) {
        if (Platform.current().linux()) {
            return Spawner.reapChild(syscalls, pid);
        }
        Launcher running = launcher;
        try {
            if (running != null) {
                int number = running.reap(pid);
                while (running == launcher) {
                    Launcher.Answer answer = running.await(PATIENCE);
                    if (answer.number() == number) {
                        return WaitStatus.of(answer.result() == pid ? answer.status() : 0);
                    }
                    heard(answer);
                }
            }
        } catch (Launcher.Gone | SyscallException e) {
            // A worker that it cannot be asked to reap is reaped by init, once it is gone.
            lost("is of no use (%s)".formatted(e.getMessage()));
        }
        // The launcher that had forked it is gone, and init has reaped it: nobody knows how it
        // ended.
        return WaitStatus.of(0);
    }

    /** Ends the launcher; workers go on. */
    @Override
    public void close() {
        answers.remove();
        if (launcher != null) {
            launcher.close();
            launcher = null;
        }
        asked = null;
        wishes.clear();
    }
}
