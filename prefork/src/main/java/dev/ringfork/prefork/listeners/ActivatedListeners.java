// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.listeners;

import dev.ringfork.bindings.Address;
import dev.ringfork.bindings.Syscalls;
import dev.ringfork.reactor.server.InheritedListener;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * What a supervisor has bound and handed over, to be shared out: systemd, Server::Starter or
 * Einhorn. What other masters of this toolkit hand over is theirs to say and not among it.
 *
 * <p>Confined to one thread. Owns the descriptors until they are taken; {@link #close} closes those
 * that nobody has taken.
 *
 * <pre>{@code
 * try (ActivatedListeners handed = ActivatedListeners.read(System.getenv())) {
 *     handed.takeAll().forEach(builder::listen);
 * }
 * }</pre>
 */
public final class ActivatedListeners implements AutoCloseable {
    private static final List<Supervisor> SUPERVISORS =
            List.of(Supervisor.SYSTEMD, Supervisor.SERVER_STARTER, Supervisor.EINHORN);

    private final Syscalls syscalls;
    private final List<ActivatedListener> left;

    private ActivatedListeners(Syscalls syscalls, List<ActivatedListener> left) {
        this.syscalls = syscalls;
        this.left = left;
    }

    /**
     * What an environment tells of.
     *
     * @throws IllegalArgumentException as {@link Activation#read(Map)}
     */
    public static ActivatedListeners read(Map<String, String> environment) {
        List<ActivatedListener> listeners = new ArrayList<>();
        for (Supervisor supervisor : SUPERVISORS) {
            listeners.addAll(Activation.read(supervisor, environment));
        }
        return new ActivatedListeners(Syscalls.get(), listeners);
    }

    /** Those that nobody has taken, in the order in which they were handed over. */
    public List<ActivatedListener> left() {
        return List.copyOf(left);
    }

    /**
     * Takes those with connections that are bound to certain addresses; they are the caller's then.
     */
    public List<InheritedListener> take(Predicate<Address> at) {
        List<InheritedListener> taken = new ArrayList<>();
        for (ActivatedListener each : left()) {
            if (!each.datagrams() && at.test(each.address())) {
                taken.add(InheritedListener.of(syscalls, each.fd()));
                left.remove(each);
            }
        }
        return taken;
    }

    /**
     * Takes all; they are the caller's then.
     *
     * @throws IllegalArgumentException if one is for datagrams, and then none is taken
     */
    public List<InheritedListener> takeAll() {
        for (ActivatedListener each : left) {
            if (each.datagrams()) {
                throw new IllegalArgumentException(
                        ("descriptor %d, %s on %s, is for datagrams, and connections are served here:"
                                        + " have the supervisor hand over streams (systemd: ListenStream=)")
                                .formatted(each.fd(), each.name(), each.address()));
            }
        }
        return take(_ -> true);
    }

    /** Takes those that this service had put into the manager's store. */
    List<ActivatedListener> takeStored() {
        List<ActivatedListener> stored =
                left.stream().filter(each -> StoredName.isOne(each.name())).toList();
        left.removeAll(stored);
        return stored;
    }

    /** Closes those that nobody has taken: clients wait for whoever has them, too. */
    @Override
    public void close() {
        left.forEach(each -> syscalls.descriptors().close(each.fd()));
        left.clear();
    }
}
