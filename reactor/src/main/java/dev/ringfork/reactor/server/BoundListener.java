// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.server;

import static dev.ringfork.bindings.abi.SocketConstants.SOCK_CLOEXEC;
import static dev.ringfork.bindings.abi.SocketConstants.SOCK_NONBLOCK;

import dev.ringfork.bindings.Address;
import dev.ringfork.bindings.Syscalls;
import org.jspecify.annotations.Nullable;

/**
 * A listening socket that this process keeps for others to accept from: close-on-exec and
 * non-blocking, with the options of a server's own.
 *
 * <p>Confined to one thread. Owns the descriptor; of a Unix socket that it has bound it owns the
 * path too, and removes it when it is closed, unless another server has taken it. {@link #own} and
 * {@link #leave} hand that over between processes that have the same socket.
 */
public final class BoundListener implements AutoCloseable {
    private final Syscalls syscalls;
    private final Listener listener;
    private @Nullable UnixPath adopted;

    private BoundListener(Syscalls syscalls, Listener listener) {
        this.syscalls = syscalls;
        this.listener = listener;
    }

    /**
     * Binds and listens.
     *
     * @param packets whether connections carry packets, see {@link ServerBuilder#listenPackets}
     * @param settings of which the backlog and the socket options count
     * @throws dev.ringfork.bindings.SyscallException if the address cannot be had
     * @throws IllegalStateException if the kernel refuses a socket option
     * @throws IllegalArgumentException if there is no such listener on this system, or an option
     *     does not suit it
     */
    public static BoundListener open(
            Syscalls syscalls, Address address, boolean packets, ServerSettings settings) {
        ListenAddress where = new ListenAddress(address, packets);
        return new BoundListener(syscalls, Listener.open(syscalls, where, settings, 1));
    }

    /**
     * The first of several listeners at one port of TCP, among which the kernel deals connections
     * out: {@code SO_REUSEPORT} of socket(7). It is refused while another server has the port.
     *
     * @throws dev.ringfork.bindings.SyscallException if the address cannot be had
     */
    public static BoundListener openFirst(
            Syscalls syscalls, Address address, ServerSettings settings) {
        ListenAddress where = new ListenAddress(address, false);
        return new BoundListener(syscalls, Listener.openFirst(syscalls, where, settings));
    }

    /**
     * One more listener at a port that {@link #openFirst} has bound, in a process of the same user.
     *
     * @throws dev.ringfork.bindings.SyscallException if the address cannot be had
     */
    public static BoundListener openNext(
            Syscalls syscalls, Address address, ServerSettings settings) {
        ListenAddress where = new ListenAddress(address, false);
        return new BoundListener(syscalls, Listener.openNext(syscalls, where, settings));
    }

    /**
     * Takes over a listener that somebody else has bound, to accept from it here. The path of a
     * Unix socket stays that one's until {@link #own}.
     *
     * @throws IllegalStateException if it was given away or closed before, or the kernel refuses a
     *     socket option
     */
    public static BoundListener of(
            Syscalls syscalls, InheritedListener inherited, ServerSettings settings) {
        ListenAddress where = ListenAddress.of(inherited);
        return new BoundListener(syscalls, Listener.open(syscalls, where, settings, 1));
    }

    /**
     * Accepts a connection, non-blocking and close-on-exec, and sets on it what it has not
     * inherited from the listener. Does not block.
     *
     * @return the descriptor, which is the caller's, or {@code -errno}: {@code -EAGAIN} when nobody
     *     waits
     */
    public int accept() {
        int accepted =
                syscalls.sockets().accept4(listener.fd(), 0, 0, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (accepted >= 0) {
            listener.tune(accepted);
        }
        return accepted;
    }

    /**
     * Binds and listens at a Unix path where another process may listen, which gives it away: from
     * one connection to the next clients reach this one.
     *
     * @throws dev.ringfork.bindings.SyscallException if the path cannot be had
     */
    public static BoundListener openInPlace(
            Syscalls syscalls, Address.Unix path, ServerSettings settings) {
        return new BoundListener(syscalls, Listener.openInPlace(syscalls, path, settings));
    }

    /** From now on the path of an adopted Unix socket is this one's to remove. */
    public void own() {
        if (address() instanceof Address.Unix path) {
            adopted = UnixPath.adopt(path);
        }
    }

    /** Whether the path of a Unix socket that this has bound still leads to it. */
    public boolean inPlace() {
        return listener.inPlace();
    }

    /** From now on the path of a Unix socket is another process's to remove. */
    public void leave() {
        listener.leavePath();
        adopted = null;
    }

    /** Removes the path of a Unix socket that is this one's: who waits is accepted all the same. */
    public void unpublish() {
        listener.unpublish();
        if (adopted != null) {
            adopted.unlink();
            adopted = null;
        }
    }

    /** The descriptor, to be handed over. */
    public int fd() {
        return listener.fd();
    }

    /** The address, with the port that the kernel chose for port 0. */
    public Address address() {
        return listener.address();
    }

    /** Closes this process's copy of the socket. */
    @Override
    public void close() {
        listener.close();
        unpublish();
    }
}
