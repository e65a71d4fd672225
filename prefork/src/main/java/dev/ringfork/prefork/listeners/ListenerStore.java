// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.listeners;

import dev.ringfork.bindings.Address;
import dev.ringfork.bindings.SyscallException;
import dev.ringfork.bindings.Syscalls;
import dev.ringfork.bindings.abi.SocketConstants;
import dev.ringfork.reactor.server.BoundListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The service manager's store of descriptors, as systemd's ({@code FileDescriptorStoreMax=}): the
 * listeners that a service has bound outlive it there. Clients that connect while the service is
 * started again, or has crashed, wait in their queues, and the next process takes them back.
 *
 * <p>Confined to one thread. Owns the descriptors that came back until they are taken.
 *
 * <pre>{@code
 * ListenerStore store = ListenerStore.of(System.getenv(), true, System.err::println);
 * try (ActivatedListeners handed = ActivatedListeners.read(System.getenv())) {
 *     store.takeBack(handed);
 *     handed.takeAll().forEach(builder::listen);
 * }
 * builder.listenerStore(store);
 * }</pre>
 *
 * <p>Nothing here fails because the manager cannot be told: that is reported, and the listener ends
 * with the service then.
 */
public final class ListenerStore implements AutoCloseable {
    /** The names of what a master has stored, for the one that takes its place. */
    public static final String VARIABLE = "RINGFORK_STORED";

    /** How many descriptors the manager keeps, set by systemd 254 and later. */
    static final String ROOM = "FDSTORE";

    private static final String COMMA = ",";

    private final Syscalls syscalls;
    private final Notify notify;
    private final int room;
    private final Consumer<String> report;
    private final SequencedMap<Place, Returned> returned = new LinkedHashMap<>();

    /** What the master before this one has stored, and this one has not taken over. */
    private final SequencedMap<Place, String> left = new LinkedHashMap<>();

    private final SequencedMap<Integer, String> stored = new LinkedHashMap<>();
    private boolean heard = true;
    private boolean complained;

    /** A listener that came back and was not taken yet. */
    private record Returned(String name, int fd, StoredName meaning) {}

    private ListenerStore(Syscalls syscalls, Notify notify, int room, Consumer<String> report) {
        this.syscalls = syscalls;
        this.notify = notify;
        this.room = room;
        this.report = report;
    }

    /**
     * That of the manager which an environment names.
     *
     * @param on whether listeners are to be stored; what came back is taken, and not stored any
     *     more, if not
     * @param report is told what is not stored, and what came back and is not wanted
     * @throws IllegalArgumentException if they are to be and nobody keeps them, or a variable makes
     *     no sense
     */
    public static ListenerStore of(
            Map<String, String> environment, boolean on, Consumer<String> report) {
        Notify notify = Notify.of(environment);
        if (on && !notify.wanted()) {
            throw new IllegalArgumentException(
                    "no service manager keeps listeners here, NOTIFY_SOCKET is not set: start this as a service of systemd with FileDescriptorStoreMax=16, or do not ask for it");
        }
        int told = room(environment);
        int some = told == 0 ? Integer.MAX_VALUE : told;
        return new ListenerStore(Syscalls.get(), notify, on ? some : 0, report);
    }

    /** Nothing is stored. */
    public static ListenerStore none() {
        return of(Map.of(), false, _ -> {});
    }

    /**
     * Whether the manager which an environment names says that it keeps descriptors; systemd does
     * so from version 254 on.
     *
     * @throws IllegalArgumentException if a variable makes no sense
     */
    public static boolean offered(Map<String, String> environment) {
        return Notify.of(environment).wanted() && room(environment) > 0;
    }

    private static int room(Map<String, String> environment) {
        String text = environment.getOrDefault(ROOM, "");
        if (!text.matches("\\d{0,9}")) {
            throw new IllegalArgumentException(
                    "%s=%s: not a number of descriptors; unset it if no service manager set it"
                            .formatted(ROOM, text));
        }
        return text.isEmpty() ? 0 : Integer.parseInt(text);
    }

    /** Whether listeners are to be stored. */
    boolean on() {
        return room > 0;
    }

    /** Whether listeners are to be stored, or came back. */
    public boolean inUse() {
        return on() || !returned.isEmpty();
    }

    /**
     * Takes back what was stored of what a supervisor hands over: it is bound again where it is
     * asked for, and ends where not.
     */
    public void takeBack(ActivatedListeners handed) {
        for (ActivatedListener listener : handed.takeStored()) {
            Returned back;
            try {
                StoredName meaning = StoredName.parse(listener.name());
                back = new Returned(listener.name(), listener.fd(), meaning);
            } catch (IllegalArgumentException e) {
                forget(listener.name());
                end(listener.fd());
                report.accept(
                        "closed the stored listener %s: it was not stored by this version"
                                .formatted(listener.name()));
                continue;
            }
            Returned other = returned.putIfAbsent(back.meaning.place(), back);
            if (other != null) {
                boolean better = back.meaning.reached();
                returned.put(back.meaning.place(), better ? back : other);
                drop(better ? other : back, "another one was stored for the same address");
            }
        }
    }

    /**
     * This process takes the place of another master, of which it inherits listeners. The manager
     * listens to it when that one has ended: {@link #alone}.
     *
     * @param names what that one has stored, as {@link #names} tells it
     */
    void succeed(String names) {
        heard = false;
        for (String name : names.isEmpty() ? new String[0] : names.split(COMMA, -1)) {
            left.put(StoredName.parse(name).place(), name);
        }
    }

    /** What is stored, for the master that takes this one's place. */
    String names() {
        return stored.values().stream().collect(Collectors.joining(COMMA));
    }

    /** The master before this one has ended. */
    void alone() {
        heard = true;
    }

    /** A listener was inherited: that one may have stored it. */
    void inherited(Place place, int fd) {
        String name = left.remove(place);
        if (name != null) {
            stored.put(fd, name);
        }
    }

    /**
     * Ends those that came back for which nobody asks, before anything is bound: they may be in the
     * way.
     *
     * @param asked for what listeners are asked
     * @param handed where a supervisor hands over others
     */
    void keepOnly(Collection<Place> asked, Collection<Address> handed) {
        for (Returned each : List.copyOf(returned.values())) {
            Place place = each.meaning.place();
            if (!asked.contains(place)) {
                returned.remove(place);
                drop(
                        each,
                        handed.contains(place.address())
                                ? "a supervisor hands over another one"
                                : "nobody asks for it any more");
            }
        }
    }

    /**
     * Takes what came back for a place; it is the caller's then.
     *
     * @return the descriptor, or null if none came back or clients do not reach it any more
     */
    @Nullable Integer take(Place place) {
        Returned back = returned.remove(place);
        if (back == null) {
            return null;
        }
        if (!back.meaning.reached()) {
            drop(
                    back,
                    "its path does not lead to it any more (systemd: RuntimeDirectoryPreserve=restart), bound anew");
            return null;
        }
        stored.put(back.fd, back.name);
        return back.fd;
    }

    /** Whether a listener goes on when this process closes it. */
    boolean holds(int fd) {
        return stored.containsKey(fd);
    }

    /**
     * The service serves: its listeners are stored, and what is not one of them, or not to be
     * stored, is forgotten. Does nothing as long as the manager does not listen to this process.
     */
    void settle(SequencedMap<Place, BoundListener> listeners) {
        if (!heard) {
            return;
        }
        left.values().forEach(this::forget);
        left.clear();
        if (!on()) {
            stored.values().forEach(this::forget);
            stored.clear();
            return;
        }
        listeners.forEach((place, listener) -> {
            if (!holds(listener.fd())) {
                store(place, listener);
            }
        });
    }

    private void store(Place place, BoundListener listener) {
        String name = StoredName.of(place).toString();
        String obstacle = null;
        if (name.length() > StoredName.LENGTH_MAX) {
            obstacle = "its path is too long, or has too many letters beyond ASCII";
        } else if (stored.size() >= room) {
            obstacle =
                    "the service manager keeps %d at most, raise FileDescriptorStoreMax="
                            .formatted(room);
        } else if (!listener.inPlace()) {
            obstacle = "its path does not lead to it";
        }
        if (obstacle != null) {
            report.accept(
                    "the listener on %s is not stored: %s".formatted(place.address(), obstacle));
            return;
        }
        try {
            notify.store(name, listener.fd());
            stored.put(listener.fd(), name);
        } catch (SyscallException e) {
            complain(e);
        }
    }

    /** The manager closes its copy. */
    private void forget(String name) {
        try {
            notify.forget(name);
        } catch (SyscallException e) {
            complain(e);
        }
    }

    private void complain(SyscallException e) {
        if (!complained) {
            complained = true;
            report.accept("the service manager cannot be told what to store: " + e.getMessage());
        }
    }

    private void drop(Returned back, String reason) {
        if (returned.values().stream().noneMatch(each -> each.name.equals(back.name))) {
            // The manager closes all of a name; one that has ended it closes by itself.
            forget(back.name);
        }
        if (back.meaning.place().address() instanceof Address.Unix(String path)
                && back.meaning.reached()) {
            try {
                Files.deleteIfExists(Path.of(path));
            } catch (IOException e) {
                // It stays behind as a stale name, which the next server replaces.
                report.accept("%s stays behind: %s".formatted(path, e.getMessage()));
            }
        }
        end(back.fd);
        report.accept(
                "closed the stored listener on %s: %s"
                        .formatted(back.meaning.place().address(), reason));
    }

    /**
     * For the manager's copy too, which goes later: until then it would keep others from binding.
     */
    private void end(int fd) {
        syscalls.sockets().shutdown(fd, SocketConstants.SHUT_RDWR);
        syscalls.descriptors().close(fd);
    }

    /** Ends all that came back. */
    public void dropAll() {
        keepOnly(List.of(), List.of());
    }

    /** Reports that nothing is stored although that was asked for; nothing if it was not. */
    void decline(String reason) {
        if (on()) {
            report.accept("listeners are not stored: " + reason);
        }
    }

    /** Closes what came back and was not taken: the manager keeps it. */
    @Override
    public void close() {
        new ArrayList<>(returned.values()).forEach(each -> syscalls.descriptors().close(each.fd()));
        returned.clear();
    }
}
