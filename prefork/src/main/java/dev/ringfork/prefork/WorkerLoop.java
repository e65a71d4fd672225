// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork;

import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.Syscalls;
import dev.ringfork.bindings.abi.Fcntl;
import dev.ringfork.bindings.abi.ProcessConstants;
import dev.ringfork.prefork.master.MasterSettings;
import dev.ringfork.prefork.scoreboard.Score;
import dev.ringfork.prefork.scoreboard.Scoreboard;
import dev.ringfork.prefork.signals.MachineSignal;
import dev.ringfork.prefork.signals.SignalWatch;
import dev.ringfork.prefork.spawn.Channel;
import dev.ringfork.prefork.spawn.Manifest;
import dev.ringfork.prefork.spawn.Notice;
import dev.ringfork.prefork.spawn.Order;
import dev.ringfork.reactor.Clock;
import dev.ringfork.reactor.Reactor;
import dev.ringfork.reactor.Registration;
import dev.ringfork.reactor.Timer;
import dev.ringfork.reactor.demux.Interest;
import dev.ringfork.reactor.demux.PollDemultiplexer;
import dev.ringfork.reactor.server.Server;
import dev.ringfork.reactor.server.SharedPlaces;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What a worker does beside serving: it listens to its master and to signals, and shows that it is
 * alive. Confined to the thread that makes it; the server has threads of its own.
 *
 * <p>It finishes and ends when the master says so, at SIGTERM, and when the master has died: the
 * life-line is a pipe that only the master could write to.
 */
final class WorkerLoop implements AutoCloseable {
    private static final long STALL_NS = 1_000_000_000L;

    private final Syscalls syscalls;
    private final MasterSettings settings;
    private final Hooks hooks;
    private final Runnable reopen;
    private final Consumer<String> report;
    private final Manifest manifest;
    private final SignalWatch signals;
    private final Channel channel;
    private final Scoreboard scoreboard;
    private final Score score;
    private final @Nullable PassedConnections passed;
    private final Reactor reactor;
    private final Registration signalled = new Registration((_, _) -> signals());
    private final Registration told = new Registration((_, _) -> orders());
    private final Registration orphaned = new Registration((_, _) -> masterGone());
    private final Timer beats = new Timer(this::beat);
    private @Nullable Server server;
    private LongSupplier requests = () -> 0;
    private final AtomicInteger loopsToTurn = new AtomicInteger();
    private boolean left;
    private boolean draining;
    private boolean promoted;
    private @Nullable Throwable failure;

    /**
     * Nothing is attended to yet.
     *
     * @param signals stays open when this is closed
     */
    WorkerLoop(
            Syscalls syscalls,
            SignalWatch signals,
            Worker worker,
            MasterSettings settings,
            Hooks hooks,
            Runnable reopen,
            Consumer<String> report) {
        this.syscalls = syscalls;
        this.settings = settings;
        this.hooks = hooks;
        this.reopen = reopen;
        this.report = report;
        this.manifest = worker.assignment().manifest();
        this.signals = signals;
        heed(signals);
        this.channel = Channel.adopt(syscalls, manifest.channel());
        this.scoreboard = Scoreboard.adopt(syscalls, manifest.scoreboard());
        this.score = scoreboard.score(manifest.record());
        this.reactor = new Reactor(syscalls, new PollDemultiplexer(syscalls), STALL_NS, report);
        this.passed =
                manifest.passing() < 0
                        ? null
                        : new PassedConnections(
                                syscalls, reactor, manifest.passing(), score, report);
        score.identify(syscalls.processes().getpid(), worker.slot(), worker.generation());
        score.state(Score.State.BOOTING);
        int result =
                syscalls.descriptors().fcntl(manifest.lifeline(), Fcntl.F_SETFD, Fcntl.FD_CLOEXEC);
        Errno.check("fcntl", result, "the life-line");
    }

    /**
     * Has signals wait for a worker's loop. What is for the master alone must not end a worker that
     * is sent it by mistake.
     */
    static void heed(SignalWatch signals) {
        signals.watch(ProcessConstants.SIGTERM);
        signals.watch(ProcessConstants.SIGINT);
        signals.watch(ProcessConstants.SIGUSR1);
        signals.ignore(ProcessConstants.SIGHUP);
        signals.ignore(ProcessConstants.SIGTTIN);
        signals.ignore(ProcessConstants.SIGTTOU);
        signals.ignore(ProcessConstants.SIGWINCH);
        if (MachineSignal.moved(System.getenv())) {
            signals.ignore(ProcessConstants.SIGUSR2);
        }
    }

    /**
     * Says that the server accepts, and attends to it until it has ended. Blocks.
     *
     * @param requests how many requests it has answered so far; safe for use by many threads
     * @throws IllegalStateException if the server ended by a failure, which is the cause
     */
    void run(Server server, LongSupplier requests) {
        this.server = server;
        this.requests = requests;
        watch(signalled, signals.fd());
        watch(told, channel.fd());
        watch(orphaned, manifest.lifeline());
        Thread.ofPlatform().name("ringfork-end").daemon().start(() -> awaitEnd(server));
        score.state(Score.State.SERVING);
        if (passed != null) {
            passed.begin(server);
        }
        beat();
        channel.send(Notice.READY);
        reactor.run();
        score.count(server.statistics(), requests.getAsLong());
        if (failure != null) {
            throw new IllegalStateException("the server has failed", failure);
        }
    }

    /** The places for connections that all workers have together. */
    SharedPlaces places() {
        return scoreboard.places(manifest.record());
    }

    /** Whether it is not to end but to become a template. */
    boolean promoted() {
        return promoted;
    }

    /** Gives the channel to the master away: its descriptor is the caller's from here on. */
    int releaseChannel() {
        told.remove();
        return channel.release();
    }

    private void watch(Registration registration, int fd) {
        Errno.check("add", reactor.add(registration, fd, Interest.READ), "descriptor " + fd);
    }

    private void awaitEnd(Server server) {
        try {
            server.awaitStop();
        } catch (InterruptedException | IllegalStateException e) {
            reactor.execute(() -> failure = e);
        }
        reactor.stop();
    }

    /**
     * A sign of life is given when all loops of the server have turned since the last one: that
     * this thread does proves nothing.
     */
    private void beat() {
        long nowNs = Clock.nowNs();
        if (server != null && loopsToTurn.get() == 0) {
            score.count(server.statistics(), requests.getAsLong());
            if (passed != null) {
                passed.tellLoad();
            }
            score.beat(nowNs);
            // Some may have turned before it is known how many were asked.
            loopsToTurn.addAndGet(server.onEachLoop(loopsToTurn::decrementAndGet));
        }
        reactor.schedule(beats, nowNs + settings.heartbeat().toNanos());
    }

    private void signals() {
        signals.drain(signo -> {
            if (signo == ProcessConstants.SIGUSR1) {
                reopen();
            } else {
                drainOrStop();
            }
        });
        signalled.exhausted(Interest.READ);
    }

    private void orders() {
        int code = channel.receive();
        while (code > 0) {
            obey(Channel.order(code));
            code = channel.receive();
        }
        if (code == -Errno.EAGAIN) {
            told.exhausted(Interest.READ);
        } else {
            masterGone();
        }
    }

    private void obey(@Nullable Order order) {
        if (order == Order.LEAVE) {
            leave();
        } else if (order == Order.DRAIN) {
            finish();
        } else if (order == Order.PROMOTE) {
            promoted = true;
            finish();
        } else if (order == Order.STOP) {
            promoted = false;
            stop();
        } else if (order == Order.REOPEN) {
            reopen();
        }
    }

    private void reopen() {
        try {
            reopen.run();
        } catch (RuntimeException e) {
            report.accept("log files cannot be opened again: " + e.getMessage());
        }
    }

    /** Once, although the master may die after it has said so. */
    private void leave() {
        if (left) {
            return;
        }
        left = true;
        try {
            hooks.leaving();
        } catch (RuntimeException e) {
            report.accept("the hook leaving has failed: " + e);
        }
    }

    private void masterGone() {
        promoted = false;
        told.remove();
        orphaned.remove();
        if (!draining) {
            report.accept("the master is gone: finishing");
            leave();
            drain();
        }
    }

    /**
     * Its one connection has closed, where each worker serves one. Safe for use by many threads.
     */
    void served() {
        reactor.execute(this::drain);
    }

    private void drainOrStop() {
        if (draining) {
            stop();
        } else {
            drain();
        }
    }

    /** What the master still passes on is served. */
    private void finish() {
        if (passed == null || draining) {
            drain();
        } else {
            score.state(Score.State.DRAINING);
            passed.atEnd(this::drain);
        }
    }

    private void drain() {
        if (!draining && server != null) {
            draining = true;
            score.state(Score.State.DRAINING);
            if (passed != null) {
                // What was sent before the order is served.
                passed.takeAll();
            }
            server.drain(settings.drainTimeout());
        }
    }

    private void stop() {
        if (server != null && draining) {
            // It was to finish and has no more time: what it has not finished is counted as cut.
            server.drain(Duration.ZERO);
        } else if (server != null) {
            server.stop();
        }
        draining = true;
    }

    @Override
    public void close() {
        if (passed != null) {
            passed.close();
        }
        reactor.close();
        channel.close();
        scoreboard.close();
        syscalls.descriptors().close(manifest.lifeline());
    }
}
