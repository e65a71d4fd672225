// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.spawn;

import dev.ringfork.bindings.Platform;
import dev.ringfork.bindings.SyscallException;
import dev.ringfork.bindings.Syscalls;
import dev.ringfork.bindings.WaitStatus;
import dev.ringfork.reactor.Clock;
import dev.ringfork.reactor.Reactor;
import dev.ringfork.reactor.Timer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Has workers forked, without exec, by a {@link Launcher}. Confined to the master's thread.
 *
 * <p>The master does not wait for the launcher: orders are given one after the other, and answers
 * come through its loop. A launcher that dies, or does not answer, is replaced when the next worker
 * is started; the workers that it has forked go on. Of one that it may have forked without anybody
 * having heard of it, it is known in the end whether it is there.
 */
final class LauncherSpawner implements Spawner {
    /** Of a worker whose launcher is gone: init has reaped it, and nobody knows how it ended. */
    private static final WaitStatus UNKNOWN = WaitStatus.of(0);

    private static final String REPLACED = "is replaced";

    private final Syscalls syscalls;
    private final Kind kind;
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

    /** Those that are not missed. */
    private final Set<LauncherPost> retired = new HashSet<>();

    /** What it was asked for and has not answered. */
    private @Nullable Errand asked;

    /**
     * What kind of launcher works for it. Immutable.
     *
     * @param name of the way to spawn, as in {@code --spawn}
     * @param title of the launcher in sentences
     * @param start starts one
     * @param patience how long one may take to answer, from its start if it has just been started
     * @param renewable whether a launcher forks what it had read when it was started
     */
    record Kind(
            String name,
            String title,
            Supplier<Launcher> start,
            Duration patience,
            boolean renewable) {}

    private LauncherSpawner(Syscalls syscalls, Kind kind, Consumer<String> report) {
        this.syscalls = syscalls;
        this.kind = kind;
        this.report = report;
        this.patienceNs = kind.patience.toNanos();
    }

    /**
     * Starts a launcher, and waits until it is ready.
     *
     * @param report is told when one dies
     * @throws IllegalStateException if there can be none: the message says why
     * @throws dev.ringfork.bindings.SyscallException if there is no room for another process
     */
    static LauncherSpawner open(Syscalls syscalls, Kind kind, Consumer<String> report) {
        LauncherSpawner spawner = new LauncherSpawner(syscalls, kind, report);
        Launcher first = kind.start.get();
        try {
            first.awaitReady(kind.patience);
        } catch (Launcher.Gone e) {
            first.close();
            throw new IllegalStateException(e.getMessage(), e);
        }
        spawner.launcher = spawner.post(first);
        return spawner;
    }

    @Override
    public String name() {
        return kind.name;
    }

    @Override
    public void place(Placement placement) {
        // A copy of a process that runs has many threads, and moves them itself.
        if (!kind.renewable) {
            this.placement = placement;
        }
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
    public void renew() {
        if (kind.renewable) {
            retire();
            launcher = null;
        }
    }

    @Override
    public @Nullable String promotionObstacle() {
        return kind.renewable ? null : Spawner.super.promotionObstacle();
    }

    @Override
    public void promote(int pid, int fd) {
        LauncherPost post = post(Launcher.adopt(syscalls, pid, fd));
        try {
            post.attach(loop(), ends);
        } catch (SyscallException e) {
            posts.remove(post);
            post.close();
            throw e;
        }
        retire();
        launcher = post;
    }

    /** The one that is asked is not asked again, and ends when it has answered. */
    private void retire() {
        LauncherPost former = launcher;
        if (former != null) {
            retired.add(former);
            if (asked == null || asked.post != former) {
                former.dismiss(REPLACED);
            }
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
            birth.failed(
                    new IllegalStateException(
                            "the %s %s".formatted(kind.title, dismiss(errand.post, e))));
        } catch (IllegalStateException | SyscallException e) {
            settle(errand);
            birth.failed(e);
        }
    }

    private LauncherPost running() {
        LauncherPost running = launcher;
        if (running == null) {
            running = post(kind.start.get());
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
                birth.failed(new SyscallException(kind.title, -answer.result(), answer.text()));
            } else {
                birth.born(answer.result());
            }
            next();
        }

        @Override
        public void unanswered(String why) {
            settle(this);
            birth.failed(new IllegalStateException("the %s %s".formatted(kind.title, why)));
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
        if (retired.contains(errand.post)) {
            errand.post.dismiss(REPLACED);
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
            if (!retired.remove(post)) {
                report.accept(
                        "the %s (pid %d) %s, %s: its workers go on, the next worker is forked by a new %s"
                                .formatted(kind.title, post.pid(), why, how, kind.title));
            }
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
