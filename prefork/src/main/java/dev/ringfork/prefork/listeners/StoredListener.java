// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.listeners;

import dev.ringfork.bindings.Address;
import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.Syscalls;
import dev.ringfork.bindings.abi.Fcntl;
import dev.ringfork.reactor.server.InheritedListener;
import dev.ringfork.reactor.server.ServerSettings;

/**
 * The listener of a server of one process, where a {@link ListenerStore} keeps it. A master has its
 * own.
 *
 * <p>Safe for use by many threads. Owns a descriptor beside the server's.
 *
 * <pre>{@code
 * try (StoredListener own = StoredListener.bind(store, address, settings);
 *         Server server = builder.listen(own.share()).start()) {
 *     own.serving();
 *     …
 *     own.leave();
 *     server.drain(timeout);
 * }
 * }</pre>
 */
public final class StoredListener implements AutoCloseable {
    private final Syscalls syscalls = Syscalls.get();
    private final Address address;
    private final Binder binder;

    private StoredListener(Address address, ServerSettings settings) {
        this.address = address;
        this.binder = new Binder(syscalls, settings);
    }

    /**
     * Takes the listener on an address back from a store, or binds it; what else came back ends.
     * Takes over the store, also when it throws.
     *
     * @param settings of which the backlog and the socket options count
     * @throws dev.ringfork.bindings.SyscallException if the address cannot be had
     */
    public static StoredListener bind(
            ListenerStore store, Address address, ServerSettings settings) {
        StoredListener listener = new StoredListener(address, settings);
        try {
            listener.binder.expect(address, false);
            listener.binder.keepIn(store, null);
            listener.binder.bind(address, false);
            return listener;
        } catch (RuntimeException e) {
            listener.close();
            throw e;
        }
    }

    /**
     * For the server that accepts from it.
     *
     * @throws dev.ringfork.bindings.SyscallException if there is no room for another descriptor
     */
    public synchronized InheritedListener share() {
        int fd = binder.listeners().getFirst().fd();
        int copy = syscalls.descriptors().fcntl(fd, Fcntl.F_DUPFD_CLOEXEC, 0);
        Errno.check("fcntl", copy, address);
        InheritedListener shared = InheritedListener.of(syscalls, copy).drainsQueue();
        return address instanceof Address.Unix ? shared.named(address) : shared;
    }

    /** The server serves: from now on the listener outlives this process. */
    public synchronized void serving() {
        binder.serving();
    }

    /**
     * The server is about to drain. Clients that connect from now on wait for the next process, or
     * are refused if it is not stored.
     */
    public synchronized void leave() {
        binder.withdraw();
        binder.release();
    }

    @Override
    public synchronized void close() {
        binder.close();
    }
}
