// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.server;

import dev.ringfork.bindings.Address;
import dev.ringfork.bindings.Syscalls;

/**
 * A listening socket that this process binds for others to accept from: close-on-exec and
 * non-blocking, with the options of a server's own.
 *
 * <p>Confined to one thread. Owns the descriptor; of a Unix socket it owns the path too, and
 * removes it when it is closed, unless another server has taken it.
 */
public final class BoundListener implements AutoCloseable {
    private final Listener listener;

    private BoundListener(Listener listener) {
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
        return new BoundListener(Listener.open(syscalls, where, settings, 1));
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
    }
}
