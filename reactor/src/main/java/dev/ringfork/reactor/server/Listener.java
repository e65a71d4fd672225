// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.server;

import static dev.ringfork.bindings.abi.SocketConstants.SOCK_CLOEXEC;
import static dev.ringfork.bindings.abi.SocketConstants.SOCK_NONBLOCK;

import dev.ringfork.bindings.Address;
import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.Platform;
import dev.ringfork.bindings.SocketOption;
import dev.ringfork.bindings.SocketSetting;
import dev.ringfork.bindings.Sockets;
import dev.ringfork.bindings.Syscalls;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A bound, listening socket: non-blocking, close-on-exec, and for a unix path that it has bound its
 * owner too.
 *
 * <p>Immutable but for its end; {@link #release} is safe for use by many threads. Owns its
 * descriptor, which is closed when the last of its holders has released it: a number that one of
 * them still accepts from must not become that of something else.
 */
final class Listener implements AutoCloseable {
    /** More than any backlog; connections that come while a queue is emptied are served too. */
    private static final int DRAINED_MAX = 1 << 16;

    private final Syscalls syscalls;
    private final int fd;
    private final Address address;
    private final @Nullable UnixPath path;
    private final List<SocketSetting<?>> perConnection;
    private final boolean exclusive;
    private final int turnConnections;
    private final int drained;
    private final boolean emptied;
    private final AtomicInteger holders;
    private boolean closed;

    /** Who else may listen at the port. */
    private enum Port {
        /** Nobody. */
        OWN,
        /** Nobody yet: it is refused if another server has it, and is shared from then on. */
        FIRST,
        /** The listeners of this server before it. */
        NEXT,
        /** At a Unix path: another process, which gives it away. */
        GIVEN
    }

    private Listener(Made made, Address address, @Nullable UnixPath path, int holders) {
        this.syscalls = made.syscalls;
        this.fd = made.fd;
        this.perConnection = made.options.notInherited(Platform.current(), address);
        this.address = address;
        this.path = path;
        this.exclusive = holders > 1;
        this.turnConnections = exclusive ? InheritedListener.REBALANCE_EVERY : 0;
        // The queue holds one more than the backlog.
        this.drained = made.backlog + 1;
        this.emptied = false;
        this.holders = new AtomicInteger(holders);
    }

    private Listener(Made made, InheritedListener inherited, int holders) {
        this.syscalls = made.syscalls;
        this.fd = made.fd;
        this.perConnection = made.options.notInherited(Platform.current(), inherited.address());
        this.address = inherited.address();
        this.path = null;
        this.exclusive = inherited.isExclusive() || holders > 1;
        this.turnConnections =
                inherited.isExclusive() || holders == 1
                        ? inherited.rebalanceEvery()
                        : InheritedListener.REBALANCE_EVERY;
        this.emptied = inherited.mustDrainQueue();
        this.drained = emptied ? DRAINED_MAX : 0;
        this.holders = new AtomicInteger(holders);
    }

    /** A socket that is to become a listener. */
    private record Made(Syscalls syscalls, int fd, SocketOptions options, int backlog) {}

    /**
     * Binds and listens, or takes over what somebody else has bound.
     *
     * @param holders how many will {@link #release} it
     * @throws dev.ringfork.bindings.SyscallException if the address cannot be had
     */
    static Listener open(
            Syscalls syscalls, ListenAddress where, ServerSettings settings, int holders) {
        InheritedListener inherited = where.inherited();
        return inherited == null
                ? open(syscalls, where, settings, holders, Port.OWN)
                : take(syscalls, inherited, settings, holders);
    }

    /** Binds and listens at a Unix path at which another process listens, and takes it over. */
    static Listener openInPlace(Syscalls syscalls, Address.Unix path, ServerSettings settings) {
        return open(syscalls, new ListenAddress(path, false), settings, 1, Port.GIVEN);
    }

    private static Listener take(
            Syscalls syscalls, InheritedListener inherited, ServerSettings settings, int holders) {
        int fd = inherited.take();
        try {
            SocketOptions options = settings.socketOptions();
            options.afterBind(syscalls.sockets(), fd, inherited.address());
            return new Listener(
                    new Made(syscalls, fd, options, settings.backlog()), inherited, holders);
        } catch (RuntimeException e) {
            syscalls.descriptors().close(fd);
            throw e;
        }
    }

    /**
     * Binds several listeners to one port: the kernel deals connections out among their queues,
     * socket(7).
     *
     * @throws dev.ringfork.bindings.SyscallException if the address cannot be had
     */
    static List<Listener> openGroup(
            Syscalls syscalls, ListenAddress where, ServerSettings settings, int count) {
        List<Listener> group = new ArrayList<>();
        try {
            group.add(open(syscalls, where, settings, 1, Port.FIRST));
            ListenAddress chosen = new ListenAddress(group.getFirst().address(), where.packets());
            while (group.size() < count) {
                group.add(open(syscalls, chosen, settings, 1, Port.NEXT));
            }
            return group;
        } catch (RuntimeException e) {
            group.forEach(Listener::close);
            throw e;
        }
    }

    /** The first of several listeners at a port, which {@link #openNext} joins. */
    static Listener openFirst(Syscalls syscalls, ListenAddress where, ServerSettings settings) {
        return open(syscalls, where, settings, 1, Port.FIRST);
    }

    /** One more listener at a port. */
    static Listener openNext(Syscalls syscalls, ListenAddress where, ServerSettings settings) {
        return open(syscalls, where, settings, 1, Port.NEXT);
    }

    private static Listener open(
            Syscalls syscalls,
            ListenAddress where,
            ServerSettings settings,
            int holders,
            Port port) {
        Sockets sockets = syscalls.sockets();
        SocketOptions options = settings.socketOptions();
        Address address = where.address();
        int type = where.type() | SOCK_NONBLOCK | SOCK_CLOEXEC;
        int fd = where.check(sockets.socket(address.family(), type, 0));
        try {
            Made made = new Made(syscalls, fd, options, settings.backlog());
            if (address instanceof Address.Inet4 || address instanceof Address.Inet6) {
                // Connections in TIME_WAIT must not keep a restarted server from its port.
                int result = SocketOption.SO_REUSEADDR.set(sockets, fd, true);
                Errno.check("SO_REUSEADDR", result, address);
            }
            options.beforeListen(sockets, fd, address);
            if (address instanceof Address.Unix unix) {
                UnixPath path =
                        port == Port.GIVEN
                                ? UnixPath.inPlace(unix)
                                : UnixPath.claim(syscalls, unix);
                listen(syscalls, fd, unix, path, settings.backlog());
                return new Listener(made, address, path, holders);
            }
            if (port == Port.NEXT) {
                sharePort(sockets, fd, address);
            }
            bind(sockets, fd, address, address);
            if (port == Port.FIRST) {
                // Only now: set before, the bind would join another server's group unasked.
                sharePort(sockets, fd, address);
            }
            Errno.check("listen", sockets.listen(fd, settings.backlog()), address);
            options.afterListen(sockets, fd, address);
            return new Listener(made, SocketQueries.own(sockets, fd), null, holders);
        } catch (RuntimeException e) {
            syscalls.descriptors().close(fd);
            throw e;
        }
    }

    private static void listen(
            Syscalls syscalls, int fd, Address.Unix address, UnixPath path, int backlog) {
        bind(syscalls.sockets(), fd, path.bound(), address);
        try {
            Errno.check("listen", syscalls.sockets().listen(fd, backlog), address);
            path.publish();
        } catch (RuntimeException e) {
            path.abandon();
            throw e;
        }
    }

    private static void bind(Sockets sockets, int fd, Address bound, Address asked) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment name = arena.allocate(Address.BYTES_MAX, 8);
            int length = bound.encode(name);
            Errno.check("bind", sockets.bind(fd, name, length), asked);
        }
    }

    private static void sharePort(Sockets sockets, int fd, Address address) {
        Errno.check("SO_REUSEPORT", SocketOption.SO_REUSEPORT.set(sockets, fd, true), address);
    }

    int fd() {
        return fd;
    }

    /** The address with the port that the kernel chose. */
    Address address() {
        return address;
    }

    /** Sets on an accepted socket what it has not inherited; mostly nothing. */
    void tune(int accepted) {
        // By index: an iterator is garbage.
        for (int i = 0; i < perConnection.size(); i++) {
            // What the listener took fails here only if the peer has gone; a read will tell.
            perConnection.get(i).set(syscalls.sockets(), accepted);
        }
    }

    /** Whether one of the loops that wait for it is to be woken, not all. */
    boolean exclusive() {
        return exclusive;
    }

    /** Whether a loop that has accepted so many goes to the end of the line of those who wait. */
    boolean turnOver(int connections) {
        return turnConnections > 0 && connections >= turnConnections;
    }

    /**
     * How many connections a drain accepts at most before it closes this; none where others accept
     * them too.
     */
    int drained() {
        return drained;
    }

    /** Whether a drain goes on until the queue is empty, also if it has to wait for descriptors. */
    boolean emptied() {
        return emptied;
    }

    /** Whether a Unix path that this has bound, if it has, still leads to it. */
    boolean inPlace() {
        return path == null || path.inPlace();
    }

    /** Leaves a Unix path that this has bound to another process, which removes it. */
    void leavePath() {
        if (path != null) {
            path.leave();
        }
    }

    /** Removes a Unix path that this has bound, if it is still this one's. */
    void unpublish() {
        if (path != null) {
            path.unlink();
        }
    }

    /** One holder needs it no longer; the last one's call closes it. */
    void release() {
        if (holders.decrementAndGet() == 0) {
            close();
        }
    }

    /** Closes it whoever holds it: for a server that does not come to start. */
    @Override
    public void close() {
        if (!closed) {
            closed = true;
            syscalls.descriptors().close(fd);
            unpublish();
        }
    }
}
