// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.server;

import static dev.ringfork.bindings.abi.SocketConstants.SOCK_SEQPACKET;
import static dev.ringfork.bindings.abi.SocketConstants.SOCK_STREAM;

import dev.ringfork.bindings.Address;
import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.SocketOption;
import dev.ringfork.bindings.SyscallException;
import dev.ringfork.bindings.Syscalls;

/**
 * A listening socket that somebody else has bound: the process that started this one, or a manager
 * of services.
 *
 * <p>Confined to one thread. Owns its descriptor until a server takes it over: {@link
 * ServerBuilder#start} does, also when it throws. Whoever owns it closes this process's copy and
 * does nothing to the socket that other processes would notice: it is never shut down, and the path
 * of a Unix socket is never removed.
 *
 * <pre>{@code
 * Server.builder(protocol).listen(InheritedListener.of(3).exclusive(16)).start()
 * }</pre>
 */
public final class InheritedListener implements AutoCloseable {
    /**
     * After how many connections a process goes to the end of the line of those that wait: the
     * kernel wakes the one that has watched longest, so one would get all of a quiet server.
     */
    public static final int REBALANCE_EVERY = 16;

    private final Syscalls syscalls;
    private final int fd;
    private final Address bound;
    private final boolean packets;
    private Address address;
    private boolean exclusive;
    private int rebalanceEvery;
    private boolean drainsQueue;
    private boolean owned = true;

    private InheritedListener(Syscalls syscalls, int fd, Address bound, boolean packets) {
        this.syscalls = syscalls;
        this.fd = fd;
        this.bound = bound;
        this.address = bound;
        this.packets = packets;
    }

    /**
     * Takes over a descriptor, makes it close-on-exec and non-blocking, and asks the kernel where
     * it listens. Whether it blocks belongs to the open socket, not to the descriptor: it changes
     * for every process that has it.
     *
     * @throws IllegalArgumentException if it is no listening socket of streams or packets: the
     *     message says what it is; the descriptor stays the caller's
     */
    public static InheritedListener of(int fd) {
        return of(Syscalls.get(), fd);
    }

    /** The same with another way to the kernel. */
    public static InheritedListener of(Syscalls syscalls, int fd) {
        int type;
        boolean listening;
        try {
            type = SocketOption.SO_TYPE.get(syscalls.sockets(), fd);
            listening = SocketOption.SO_ACCEPTCONN.get(syscalls.sockets(), fd);
        } catch (SyscallException e) {
            throw new IllegalArgumentException(
                    "descriptor %d is no socket that this process has (%s): it cannot be listened on"
                            .formatted(fd, Errno.name(e.errno())),
                    e);
        }
        if (type != SOCK_STREAM && type != SOCK_SEQPACKET) {
            throw new IllegalArgumentException(
                    "descriptor %d is a socket without connections (type %d): a listener takes streams or packets"
                            .formatted(fd, type));
        }
        if (!listening) {
            throw new IllegalArgumentException(
                    "descriptor %d is a socket that does not listen: who binds it must call listen(2) before it is handed over"
                            .formatted(fd));
        }
        DescriptorModes.ofALoop(syscalls, fd);
        Address bound = SocketQueries.own(syscalls.sockets(), fd);
        return new InheritedListener(syscalls, fd, bound, type == SOCK_SEQPACKET);
    }

    /**
     * The address that clients know it by, where that is not the one it was bound to: a Unix socket
     * that was renamed when it listened.
     */
    public InheritedListener named(Address address) {
        this.address = address;
        return this;
    }

    /**
     * Asks that a connection wake one or a few of the processes that wait for it, not all: {@code
     * EPOLLEXCLUSIVE} of epoll_ctl(2). It takes the engine epoll, or io_uring, whose accepts are
     * always so.
     *
     * @param rebalanceEvery after how many connections this process goes to the end of the line;
     *     {@link #REBALANCE_EVERY} is a good number, 0 is never
     */
    public InheritedListener exclusive(int rebalanceEvery) {
        if (rebalanceEvery < 0) {
            throw new IllegalArgumentException(
                    "to rebalance every %d connections: 0 is never".formatted(rebalanceEvery));
        }
        this.exclusive = true;
        this.rebalanceEvery = rebalanceEvery;
        return this;
    }

    /**
     * Asks that a drain accept and serve what is queued, until nothing is, before it closes this:
     * for a listener that no other process accepts from, as one of several at a port
     * (SO_REUSEPORT). Without it those who are queued when a drain begins are left to the others.
     */
    public InheritedListener drainsQueue() {
        this.drainsQueue = true;
        return this;
    }

    /** The descriptor. */
    public int fd() {
        return fd;
    }

    /** The address that clients know it by. */
    public Address address() {
        return address;
    }

    /** Whether its connections carry packets, not a stream of bytes. */
    public boolean packets() {
        return packets;
    }

    /** What the kernel says that it is bound to. */
    Address bound() {
        return bound;
    }

    boolean isExclusive() {
        return exclusive;
    }

    int rebalanceEvery() {
        return rebalanceEvery;
    }

    boolean mustDrainQueue() {
        return drainsQueue;
    }

    /**
     * Gives the descriptor away.
     *
     * @throws IllegalStateException if it was given away or closed before
     */
    int take() {
        if (!owned) {
            throw new IllegalStateException(
                    "the listener on %s was given to a server before, or closed"
                            .formatted(address));
        }
        owned = false;
        return fd;
    }

    /** Closes this process's copy of the descriptor, unless a server has taken it over. */
    @Override
    public void close() {
        if (owned) {
            owned = false;
            syscalls.descriptors().close(fd);
        }
    }
}
