// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.control;

import dev.ringfork.bindings.Address;
import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.PeerCredentials;
import dev.ringfork.bindings.SocketOption;
import dev.ringfork.bindings.SyscallException;
import dev.ringfork.bindings.Syscalls;
import dev.ringfork.bindings.abi.SocketConstants;
import dev.ringfork.prefork.master.Command;
import dev.ringfork.prefork.master.MasterObserver;
import dev.ringfork.prefork.master.MasterState;
import dev.ringfork.prefork.master.MasterView;
import dev.ringfork.reactor.Reactor;
import dev.ringfork.reactor.Registration;
import dev.ringfork.reactor.Timer;
import dev.ringfork.reactor.demux.Interest;
import dev.ringfork.reactor.server.BoundListener;
import dev.ringfork.reactor.server.ServerSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A Unix socket by which operators ask a running master: one line comes, see {@link Request}; what
 * happens on the way and what was asked for goes back, line by line; the last line says whether it
 * was done, see {@link Verdict}. It comes when all is done, not when it has begun.
 *
 * <p>Answers only the user that the master runs as, and root. Who goes away while something is
 * under way does not end that.
 *
 * <p>Confined to the master's loop, which it does not block. Owns the socket and its path.
 */
public final class ControlSocket implements AutoCloseable {
    /** Operators at a time: some that wait for a reload, and those that look on. */
    static final int CONNECTIONS_MOST = 32;

    private static final int ROOT = 0;
    private static final long RETRY_NS = 1_000_000_000L;

    private final Syscalls syscalls;
    private final MasterView master;
    private final Reactor reactor;
    private final Path path;
    private final Display display;
    private final int owner;
    private final long silenceNs;
    private final Set<ControlConnection> connections = new HashSet<>();
    private BoundListener listener;
    private Registration registration = new Registration((_, _) -> accept());
    private final Timer retry = new Timer(() -> registration.interest(Interest.READ));
    private final ControlConnection.Host host = new Answers();

    private ControlSocket(
            Syscalls syscalls,
            MasterView master,
            BoundListener listener,
            Path path,
            Display display,
            long silenceNs) {
        this.syscalls = syscalls;
        this.master = master;
        this.reactor = master.reactor();
        this.listener = listener;
        this.path = path;
        this.display = display;
        this.owner = restrict(path);
        this.silenceNs = silenceNs;
    }

    /**
     * Listens at a path, and watches the master from now on.
     *
     * @param display shows what is asked for
     * @throws IllegalStateException if the path cannot be had: the message says why
     */
    public static ControlSocket open(
            Syscalls syscalls, MasterView master, Path path, Display display) {
        return open(syscalls, master, path, display, ControlConnection.SILENCE_NS);
    }

    /**
     * The same at a path at which another master may listen, which gives it away: who asks from now
     * on asks this one.
     */
    public static ControlSocket openInPlace(
            Syscalls syscalls, MasterView master, Path path, Display display) {
        BoundListener listener =
                BoundListener.openInPlace(
                        syscalls, new Address.Unix(path.toString()), ServerSettings.DEFAULT);
        return open(syscalls, master, listener, path, display, ControlConnection.SILENCE_NS);
    }

    /** The same with a time that operators may be silent for. */
    static ControlSocket open(
            Syscalls syscalls, MasterView master, Path path, Display display, long silenceNs) {
        BoundListener listener = listen(syscalls, path);
        return open(syscalls, master, listener, path, display, silenceNs);
    }

    private static ControlSocket open(
            Syscalls syscalls,
            MasterView master,
            BoundListener listener,
            Path path,
            Display display,
            long silenceNs) {
        try {
            ControlSocket socket =
                    new ControlSocket(syscalls, master, listener, path, display, silenceNs);
            socket.begin();
            return socket;
        } catch (RuntimeException e) {
            listener.close();
            throw e;
        }
    }

    private static BoundListener listen(Syscalls syscalls, Path path) {
        Address address = new Address.Unix(path.toString());
        try {
            return BoundListener.open(syscalls, address, false, ServerSettings.DEFAULT);
        } catch (SyscallException e) {
            String why =
                    e.errno() == Errno.EADDRINUSE
                            ? "another program answers there, or it is no socket"
                            : e.getMessage();
            throw new IllegalStateException(
                    "the control socket %s cannot be had: %s".formatted(path, why), e);
        }
    }

    /**
     * Listens at its path again, if that was taken away; who is connected stays.
     *
     * @throws dev.ringfork.bindings.SyscallException if it cannot be had
     */
    public void retake() {
        if (listener.inPlace()) {
            return;
        }
        BoundListener again =
                BoundListener.openInPlace(
                        syscalls, new Address.Unix(path.toString()), ServerSettings.DEFAULT);
        registration.remove();
        listener.close();
        listener = again;
        restrict(path);
        registration = new Registration((_, _) -> accept());
        watch();
    }

    /** Keeps others away, and tells who owns it; who was faster is found out by credentials. */
    private static int restrict(Path path) {
        try {
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
            return (Integer) Files.getAttribute(path, "unix:uid");
        } catch (IOException e) {
            throw new IllegalStateException(
                    "the control socket %s cannot be kept from others".formatted(path), e);
        }
    }

    private void begin() {
        watch();
        master.observe(new Watch());
    }

    private void watch() {
        int result = reactor.add(registration, listener.fd(), Interest.READ);
        Errno.check("add", result, "the control socket");
    }

    private void accept() {
        int flags = SocketConstants.SOCK_CLOEXEC | SocketConstants.SOCK_NONBLOCK;
        int fd = syscalls.sockets().accept4(listener.fd(), 0, 0, flags);
        if (fd < 0) {
            registration.exhausted(Interest.READ);
            if (fd != -Errno.EAGAIN && fd != -Errno.EINTR && fd != -Errno.ECONNABORTED) {
                // No descriptor is left: to try at once again would keep the loop busy.
                registration.interest(0);
                reactor.schedule(retry, reactor.nowNs() + RETRY_NS);
            }
            return;
        }
        ControlConnection connection =
                new ControlConnection(syscalls, reactor, host, fd, silenceNs);
        connections.add(connection);
        if (!connection.open()) {
            return;
        }
        if (connections.size() > CONNECTIONS_MOST) {
            connection.finish(Verdict.refused("too many ask at a time, try again"));
        } else if (!trusted(fd)) {
            connection.finish(
                    Verdict.refused("only the user that the master runs as, and root, may ask"));
        }
    }

    private boolean trusted(int fd) {
        try {
            PeerCredentials peer = SocketOption.SO_PEERCRED.get(syscalls.sockets(), fd);
            return peer.uid() == owner || peer.uid() == ROOT;
        } catch (SyscallException e) {
            // It has gone again, and is nobody.
            return false;
        }
    }

    /** Looks whether what operators wait for was reached. */
    private final class Watch implements MasterObserver {
        @Override
        public void said(String line) {
            for (ControlConnection connection : List.copyOf(connections)) {
                if (connection.goal() != null) {
                    connection.say("- " + ControlConnection.oneLine(line));
                }
            }
        }

        @Override
        public void changed() {
            if (connections.isEmpty()) {
                return;
            }
            MasterState now = master.state();
            for (ControlConnection connection : List.copyOf(connections)) {
                Goal goal = connection.goal();
                Verdict verdict = goal == null ? null : goal.reached(now);
                if (verdict != null) {
                    connection.finish(verdict);
                }
            }
        }
    }

    /** Answers lines. */
    private final class Answers implements ControlConnection.Host {
        @Override
        public void asked(ControlConnection connection, String line) {
            try {
                answer(connection, Request.parse(line));
            } catch (IllegalArgumentException e) {
                connection.finish(Verdict.refused(String.valueOf(e.getMessage())));
            }
        }

        @Override
        public void closed(ControlConnection connection) {
            connections.remove(connection);
        }
    }

    private void answer(ControlConnection connection, Request request) {
        Command command = request.verb().command();
        if (command != null) {
            act(connection, new Goal(request.verb(), request.workers(), master.state()), command);
        } else if (request.verb() == Request.Verb.CONFIG) {
            show(connection, display.configuration(request.format()));
        } else {
            look(connection, request);
        }
    }

    private void act(ControlConnection connection, Goal goal, Command command) {
        Verdict refusal = goal.refusal();
        if (refusal != null) {
            connection.finish(refusal);
            return;
        }
        connection.pursue(goal);
        String reason = goal.needsAsking() ? master.ask(command, goal.workers()) : null;
        if (reason != null) {
            connection.finish(Verdict.refused(reason));
        }
    }

    private void look(ControlConnection connection, Request request) {
        String obstacle =
                display.look(
                        master.state(),
                        request,
                        lines -> reactor.execute(() -> show(connection, lines)));
        if (obstacle != null) {
            connection.finish(Verdict.refused(obstacle));
        }
    }

    private static void show(ControlConnection connection, List<String> lines) {
        connection.say(String.join("\n", lines));
        connection.finish(Verdict.done("shown"));
    }

    /** Lets all operators go, and removes the path. */
    @Override
    public void close() {
        master.observe(MasterObserver.NONE);
        List.copyOf(connections).forEach(ControlConnection::close);
        reactor.cancel(retry);
        registration.remove();
        listener.close();
    }
}
