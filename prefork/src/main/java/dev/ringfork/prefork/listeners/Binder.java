// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.listeners;

import dev.ringfork.bindings.Address;
import dev.ringfork.bindings.Syscalls;
import dev.ringfork.prefork.accept.AcceptMutex;
import dev.ringfork.prefork.accept.AcceptMutexKind;
import dev.ringfork.reactor.server.BoundListener;
import dev.ringfork.reactor.server.InheritedListener;
import dev.ringfork.reactor.server.ServerSettings;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The owner of the listeners, and of the lock around them where there is one: they are made once,
 * in the master, or handed over to it, and outlive every worker.
 *
 * <p>Confined to the master's thread. Each listener is named after its address, so that whoever
 * inherits it knows what clients know it by.
 */
public final class Binder implements AutoCloseable {
    private final Syscalls syscalls;
    private final ServerSettings settings;
    private final List<BoundListener> listeners = new ArrayList<>();
    private final List<InheritedListener> adopted = new ArrayList<>();
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
     * Takes over a listener that somebody else has bound. When this is closed, it goes on wherever
     * else it is open.
     *
     * @throws IllegalArgumentException if there is one on its address already; it is taken over
     *     none the less
     */
    public void adopt(InheritedListener listener) {
        boolean twice = addresses().contains(listener.address());
        adopted.add(listener);
        if (twice) {
            throw new IllegalArgumentException(
                    "two listeners on %s: have the supervisor hand over one, workers share it"
                            .formatted(listener.address()));
        }
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
        return Stream.concat(
                        listeners.stream().map(BoundListener::address),
                        adopted.stream().map(InheritedListener::address))
                .toList();
    }

    /** The descriptors by name: those that were bound, then those that were taken over. */
    public SequencedMap<String, Integer> descriptors() {
        SequencedMap<String, Integer> descriptors = new LinkedHashMap<>();
        for (BoundListener listener : listeners) {
            descriptors.put(listener.address().toString(), listener.fd());
        }
        for (InheritedListener listener : adopted) {
            descriptors.put(listener.address().toString(), listener.fd());
        }
        return descriptors;
    }

    /**
     * Closes the listeners: clients are refused once the last worker has closed them too, and until
     * then nobody waits in a queue that no worker looks at.
     */
    public void release() {
        listeners.forEach(BoundListener::close);
        listeners.clear();
        adopted.forEach(InheritedListener::close);
        adopted.clear();
    }

    /** Closes all. */
    @Override
    public void close() {
        release();
        if (mutex != null) {
            mutex.close();
        }
    }
}
