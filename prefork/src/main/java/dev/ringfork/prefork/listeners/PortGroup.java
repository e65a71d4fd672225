// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.listeners;

import dev.ringfork.bindings.Address;
import dev.ringfork.bindings.Syscalls;
import dev.ringfork.reactor.server.BoundListener;
import dev.ringfork.reactor.server.ServerSettings;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * Listeners at one port, one for each place of a worker, {@code SO_REUSEPORT}.
 *
 * <p>They are opened in the order of the places, and closed from the end alone: so the kernel,
 * which puts the last one where one is taken out, counts them as they are counted here.
 *
 * <p>Confined to the master's thread. Owns the listeners.
 */
public final class PortGroup implements AutoCloseable {
    private final Syscalls syscalls;
    private final ServerSettings settings;
    private final List<BoundListener> listeners = new ArrayList<>();
    private BitSet steered = new BitSet();
    private boolean shared;
    private int common = Integer.MAX_VALUE;

    /**
     * Binds an address and listens.
     *
     * @throws dev.ringfork.bindings.SyscallException if the address cannot be had
     */
    PortGroup(Syscalls syscalls, Address address, ServerSettings settings) {
        this.syscalls = syscalls;
        this.settings = settings;
        listeners.add(BoundListener.openFirst(syscalls, address, settings));
    }

    /**
     * Takes over listeners that another master has opened, all of the port and in the order in
     * which it did. Until {@link #alone} it may have others beside them.
     */
    PortGroup(Syscalls syscalls, List<BoundListener> opened, ServerSettings settings) {
        this.syscalls = syscalls;
        this.settings = settings;
        listeners.addAll(opened);
        steered.set(0, opened.size());
        shared = true;
    }

    /**
     * From now on another master may have listeners at the port that are not counted here: those
     * are not dealt to, unless it says so. What is opened here gets nobody until {@link #alone}:
     * that one would not know of it, and the kernel may count it after that one's.
     */
    void share() {
        shared = true;
        common = listeners.size();
    }

    /** Whether another master has these listeners too, or may have. */
    public boolean shared() {
        return shared;
    }

    /** The other master steers no more: what it has set is unknown. */
    void own() {
        steered = new BitSet();
    }

    /** The other master is gone: all listeners at the port are those that are counted here. */
    void alone() {
        shared = false;
        common = Integer.MAX_VALUE;
        own();
    }

    /** The address, with the port that the kernel chose. */
    public Address address() {
        return listeners.getFirst().address();
    }

    /** How many listeners there are. */
    public int size() {
        return listeners.size();
    }

    /** The listener of a place that has one. */
    public BoundListener listener(int slot) {
        return listeners.get(slot);
    }

    /**
     * Opens listeners until a place has one. Where connections are dealt out already, the new ones
     * get none until {@link #steer} says so: nobody accepts from them yet.
     *
     * @throws dev.ringfork.bindings.SyscallException if there is no room for another
     */
    void reach(int slot) {
        if (listeners.size() <= slot && steered.cardinality() == listeners.size()) {
            Steering.steer(syscalls.sockets(), listeners.getFirst().fd(), steered);
        }
        while (listeners.size() <= slot) {
            listeners.add(BoundListener.openNext(syscalls, address(), settings));
        }
    }

    /**
     * Has new connections go to the listeners of some places. What is queued at others stays there.
     *
     * @param slots those places; of none nothing changes
     * @return 0, or {@code -errno} if the kernel cannot: then it goes on with all
     */
    public int steer(BitSet slots) {
        BitSet some = slots.get(0, Math.min(listeners.size(), common));
        if (some.isEmpty() || some.equals(steered)) {
            return 0;
        }
        boolean all = some.cardinality() == listeners.size() && !shared;
        int fd = listeners.getFirst().fd();
        int result =
                all
                        ? Steering.release(syscalls.sockets(), fd)
                        : Steering.steer(syscalls.sockets(), fd, some);
        steered = some;
        // Without a filter there is none to be taken off.
        return all ? 0 : result;
    }

    /** Closes this process's copy of the last listener, which is not the only one. */
    public void closeLast() {
        if (listeners.size() > 1) {
            listeners.removeLast().close();
        }
    }

    @Override
    public void close() {
        listeners.forEach(BoundListener::close);
        listeners.clear();
    }
}
