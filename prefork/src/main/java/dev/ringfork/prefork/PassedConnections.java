// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork;

import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.Syscalls;
import dev.ringfork.bindings.abi.Fcntl;
import dev.ringfork.prefork.accept.Accepting;
import dev.ringfork.prefork.passing.DescriptorSocket;
import dev.ringfork.prefork.passing.Framing;
import dev.ringfork.prefork.passing.PassingException;
import dev.ringfork.prefork.passing.PassingReceiver;
import dev.ringfork.prefork.passing.ReceivedTransfer;
import dev.ringfork.prefork.scoreboard.Score;
import dev.ringfork.reactor.Clock;
import dev.ringfork.reactor.Reactor;
import dev.ringfork.reactor.Registration;
import dev.ringfork.reactor.Timer;
import dev.ringfork.reactor.demux.Interest;
import dev.ringfork.reactor.server.Server;
import dev.ringfork.reactor.server.ServerStatistics;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Takes over connections that the master passes to this worker, and tells it how many there are.
 *
 * <p>A connection counts from the moment that it is here, so that a worker whose loops do not turn
 * does not look idle to the master. Confined to the worker's loop; owns the socket.
 */
final class PassedConnections implements AutoCloseable {
    /** The master has it from shared memory when it chooses; a late number costs balance alone. */
    private static final long TELL_NS = 20_000_000L;

    private final Reactor reactor;
    private final Score score;
    private final Consumer<String> report;
    private final PassingReceiver receiver;
    private final Registration registration = new Registration((_, _) -> ready());
    private final Timer tell = new Timer(this::tellAgain);
    private @Nullable Server server;
    private long given;
    private long told;
    private boolean over;
    private @Nullable Runnable atEnd;

    /**
     * Takes over the socket that the worker was handed.
     *
     * @param score where the load is told
     * @throws dev.ringfork.bindings.SyscallException if there is no such descriptor
     */
    PassedConnections(
            Syscalls syscalls, Reactor reactor, int fd, Score score, Consumer<String> report) {
        this.reactor = reactor;
        this.score = score;
        this.report = report;
        int result = syscalls.descriptors().fcntl(fd, Fcntl.F_SETFD, Fcntl.FD_CLOEXEC);
        Errno.check("fcntl", result, "the way for connections");
        this.receiver =
                new PassingReceiver(
                        DescriptorSocket.adopt(fd, Framing.SOCKET), Accepting.PASSING_WINDOW);
    }

    /** Has a server serve what comes. */
    void begin(Server server) {
        this.server = server;
        int result = reactor.add(registration, receiver.fd(), Interest.READ);
        Errno.check("add", result, "the way for connections");
    }

    private void ready() {
        takeAll();
        over |= receiver.ended();
        if (!over) {
            registration.exhausted(Interest.READ);
            return;
        }
        registration.remove();
        Runnable action = atEnd;
        if (action != null) {
            atEnd = null;
            action.run();
        }
    }

    /** Has something done when the master passes nothing more and all it has passed is here. */
    void atEnd(Runnable action) {
        atEnd = action;
        ready();
    }

    /** Takes over what has come. */
    void takeAll() {
        Server taker = server;
        if (taker == null) {
            return;
        }
        try {
            while (takeOne(taker)) {}
        } catch (PassingException e) {
            report.accept("the master passes what is no connection: " + e.getMessage());
            over = true;
        }
        tellLoad();
        if (!tell.scheduled()) {
            reactor.schedule(tell, Clock.nowNs() + TELL_NS);
        }
    }

    /** Whether there was one. What the server does not take goes back to the master. */
    private boolean takeOne(Server taker) {
        try (ReceivedTransfer transfer = receiver.tryReceive()) {
            if (transfer == null) {
                return false;
            }
            if (transfer.count() == 1 && taker.adopt(transfer.fd(0))) {
                given++;
                transfer.accept().getFirst().take();
            }
            return true;
        }
    }

    /** Tells how many connections there are: those that are open, and those that are not yet. */
    void tellLoad() {
        Server counted = server;
        if (counted != null) {
            ServerStatistics now = counted.statistics();
            // Who came by the listener was accepted here; who was turned away is no longer there.
            long begun = now.accepted() - now.accepts() + now.shed();
            told = now.open() + Math.max(0, given - begun);
            score.load(told);
        }
    }

    /** As long as it changes. */
    private void tellAgain() {
        long before = told;
        tellLoad();
        if (told != before) {
            reactor.schedule(tell, Clock.nowNs() + TELL_NS);
        }
    }

    /** Closes the socket: what was not taken over goes to another worker. */
    @Override
    public void close() {
        registration.remove();
        receiver.close();
    }
}
