// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.listeners;

import dev.ringfork.bindings.Address;
import dev.ringfork.bindings.Syscalls;
import dev.ringfork.reactor.server.BoundListener;
import dev.ringfork.reactor.server.ServerSettings;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/**
 * The owner of the listeners: they are bound once, in the master, and outlive every worker.
 *
 * <p>Confined to the master's thread. Each listener is named after its address, so that whoever
 * inherits it knows what clients know it by.
 */
public final class Binder implements AutoCloseable {
    private final Syscalls syscalls;
    private final ServerSettings settings;
    private final List<BoundListener> listeners = new ArrayList<>();

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

    /** Closes them; clients are refused once the last worker has closed them too. */
    @Override
    public void close() {
        listeners.forEach(BoundListener::close);
        listeners.clear();
    }
}
