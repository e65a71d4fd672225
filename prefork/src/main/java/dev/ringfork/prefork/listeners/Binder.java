// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.listeners;

import dev.ringfork.bindings.Address;
import dev.ringfork.bindings.Syscalls;
import dev.ringfork.prefork.accept.AcceptMutex;
import dev.ringfork.prefork.accept.AcceptMutexKind;
import dev.ringfork.reactor.server.BoundListener;
import dev.ringfork.reactor.server.ServerSettings;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/**
 * The owner of the listeners, and of the lock around them where there is one: they are made once,
 * in the master, and outlive every worker.
 *
 * <p>Confined to the master's thread. Each listener is named after its address, so that whoever
 * inherits it knows what clients know it by.
 */
public final class Binder implements AutoCloseable {
    private final Syscalls syscalls;
    private final ServerSettings settings;
    private final List<BoundListener> listeners = new ArrayList<>();
    private @Nullable AcceptMutex mutex;

    /**
     * Owns none yet.
     *
     * @param settings of which the backlog and the socket options count
     */
    public Binder(Syscalls syscalls, ServerSettings settings) {
        this.syscalls = syscalls;
        this.settings = settings;
    }

    /**
     * Binds an address and listens.
     *
     * @param packets whether connections carry packets
     * @throws dev.ringfork.bindings.SyscallException if the address cannot be had
     * @throws IllegalArgumentException if there is no such listener on this system
     */
    public void bind(Address address, boolean packets) {
        listeners.add(BoundListener.open(syscalls, address, packets, settings));
    }

    /**
     * Makes the lock by which workers accept in turns.
     *
     * @throws IllegalArgumentException if this system has no such lock
     */
    public void lock(AcceptMutexKind kind) {
        mutex = AcceptMutex.create(syscalls, kind);
    }

    /** The descriptor of the lock, or -1 if there is none. */
    public int acceptMutex() {
        return mutex == null ? -1 : mutex.fd();
    }

    /** Frees the lock if a worker had it that was reaped. */
    public void reaped(int pid) {
        if (mutex != null) {
            mutex.forceUnlock(pid);
        }
    }

    /** Where they listen, with the ports that the kernel chose. */
    public List<Address> addresses() {
        return listeners.stream().map(BoundListener::address).toList();
    }

    /** The descriptors by name, in the order in which they were bound. */
    public SequencedMap<String, Integer> descriptors() {
        SequencedMap<String, Integer> descriptors = new LinkedHashMap<>();
        for (BoundListener listener : listeners) {
            descriptors.put(listener.address().toString(), listener.fd());
        }
        return descriptors;
    }

    /** Closes all; clients are refused once the last worker has closed them too. */
    @Override
    public void close() {
        listeners.forEach(BoundListener::close);
        listeners.clear();
        if (mutex != null) {
            mutex.close();
        }
    }
}
