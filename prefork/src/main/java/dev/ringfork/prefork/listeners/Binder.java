// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.listeners;

import dev.ringfork.bindings.Address;
import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.Syscalls;
import dev.ringfork.prefork.accept.AcceptMutex;
import dev.ringfork.prefork.accept.AcceptMutexKind;
import dev.ringfork.prefork.accept.AcceptStrategy;
import dev.ringfork.reactor.server.BoundListener;
import dev.ringfork.reactor.server.InheritedListener;
import dev.ringfork.reactor.server.ServerSettings;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The owner of the listeners, and of the lock around them where there is one: they are made once,
 * in the master, or handed over to it, and outlive every worker.
 *
 * <p>Confined to the master's thread. Each listener is named after its address, so that whoever
 * inherits it knows what clients know it by.
 *
 * <p>A master that takes another one's place inherits that one's listeners: {@link #inherit} before
 * {@link #bind}. Until the other one has called {@link #leave} it may change its mind, and all has
 * to be as it was then: only after that this one calls {@link #own}, and {@link #alone} when the
 * other one has ended.
 */
public final class Binder implements AutoCloseable {
    private final Syscalls syscalls;
    private final ServerSettings settings;
    private final SequencedMap<Place, BoundListener> listeners = new LinkedHashMap<>();
    private final List<InheritedListener> adopted = new ArrayList<>();
    private final List<BoundListener> adoptedDoors = new ArrayList<>();
    private final SequencedMap<Place, PortGroup> groups = new LinkedHashMap<>();
    private AcceptStrategy strategy = AcceptStrategy.SHARED;
    private int workers;
    private final Map<Place, Integer> inherited = new LinkedHashMap<>();
    private boolean owner = true;
    private boolean withdrawn;
    private final Set<Place> expected = new LinkedHashSet<>();
    private ListenerStore store = ListenerStore.none();
    private boolean serving;
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
     * Says how workers will accept from what is bound from now on; the listeners are the workers'
     * in common by default.
     *
     * @param workers how many there will be at first
     */
    public void arrange(AcceptStrategy strategy, int workers) {
        this.strategy = strategy;
        this.workers = workers;
    }

    /**
     * Whether the master passes connections to workers: always, or when there are fewer of them.
     */
    public boolean passes() {
        return strategy == AcceptStrategy.PASS || strategy == AcceptStrategy.REUSEPORT;
    }

    /** How workers accept. */
    public AcceptStrategy strategy() {
        return strategy;
    }

    /**
     * Takes over the listeners of the master before this one.
     *
     * @param heritage its {@link #heritage}, with the descriptors as they are here
     * @throws IllegalArgumentException if a name makes no sense
     */
    public void inherit(SequencedMap<String, Integer> heritage) {
        heritage.forEach((name, fd) -> inherited.put(Place.parse(name), fd));
        owner = inherited.isEmpty();
    }

    /**
     * Whether it is this master that says who comes to the listeners: no other one has them, or has
     * them and will do without.
     */
    public boolean owner() {
        return owner;
    }

    /** Says what {@link #bind} will be called for. */
    public void expect(Address address, boolean packets) {
        expected.add(place(address, packets, expected));
    }

    /**
     * Has the listeners that are bound from now on stored, and those that came back bound again.
     * Those that came back and are not {@link #expect expected} end.
     *
     * @param names what the master before this one has stored; null if there was none
     */
    public void keepIn(ListenerStore store, @Nullable String names) {
        this.store = store;
        if (names != null) {
            store.succeed(names);
        }
        boolean groups = strategy == AcceptStrategy.REUSEPORT;
        if (groups) {
            store.decline(
                    "with --accept reuseport there are as many as workers; choose another --accept");
        }
        store.keepOnly(groups ? Set.of() : expected, addresses());
    }

    /** What is stored, for a master that takes this one's place: see {@link #keepIn}. */
    public String stored() {
        return store.names();
    }

    /** Workers serve: from now on the listeners outlive this process, if they are to be stored. */
    public void serving() {
        serving = true;
        settle();
    }

    private void settle() {
        if (serving && owner && !withdrawn) {
            store.settle(listeners);
        }
    }

    /**
     * Whether a listener goes on when this server has closed it: a supervisor has bound it, or
     * stores it.
     */
    public boolean outlives(int fd) {
        return store.holds(fd) || handedOver().contains(fd);
    }

    /**
     * Binds an address and listens, or takes what was inherited for it.
     *
     * @param packets whether connections carry packets
     * @throws dev.ringfork.bindings.SyscallException if the address cannot be had
     * @throws IllegalArgumentException if there is no such listener on this system
     */
    public void bind(Address address, boolean packets) {
        if (strategy == AcceptStrategy.REUSEPORT) {
            Place place = place(address, packets, groups.keySet());
            PortGroup group = group(place);
            groups.put(place, group);
            group.reach(workers - 1);
            return;
        }
        Place place = place(address, packets, listeners.keySet());
        Integer fd = inherited.remove(place);
        if (fd != null) {
            listeners.put(place, take(place, fd));
            store.inherited(place, fd);
            return;
        }
        Integer back = store.take(place);
        listeners.put(
                place,
                back == null
                        ? BoundListener.open(syscalls, address, packets, settings)
                        : takeBack(place, back));
    }

    /** One that was stored is as this process's own. */
    private BoundListener takeBack(Place place, int fd) {
        BoundListener listener = take(place, fd);
        listener.own();
        // A process that was killed may have left it in any state.
        Withdrawal.end(syscalls.sockets(), fd);
        Errno.check("listen", syscalls.sockets().listen(fd, settings.backlog()), place.address());
        return listener;
    }

    private static Place place(Address address, boolean packets, Set<Place> taken) {
        Place place = Place.first(address, packets);
        while (taken.contains(place)) {
            place = place.next();
        }
        return place;
    }

    /** Those at a port that were inherited, in the order in which they began to listen, or none. */
    private PortGroup group(Place place) {
        List<BoundListener> members = new ArrayList<>();
        try {
            for (Integer fd;
                    (fd = inherited.remove(place.of(members.size()))) != null;
                    members.add(take(place, fd))) {}
            return members.isEmpty()
                    ? new PortGroup(syscalls, place.address(), settings)
                    : new PortGroup(syscalls, members, settings);
        } catch (RuntimeException e) {
            members.forEach(BoundListener::close);
            throw e;
        }
    }

    private BoundListener take(Place place, int fd) {
        InheritedListener listener = InheritedListener.of(syscalls, fd);
        if (place.address() instanceof Address.Unix) {
            // The kernel knows it by the name that it was bound under, before it was renamed.
            listener.named(place.address());
        }
        return BoundListener.of(syscalls, listener, settings);
    }

    /**
     * What a master that is to take this one's place inherits: descriptors by name. From now on
     * that one may have listeners of its own beside those that are counted here.
     */
    public SequencedMap<String, Integer> heritage() {
        SequencedMap<String, Integer> heritage = new LinkedHashMap<>();
        listeners.forEach((place, listener) -> heritage.put(place.toString(), listener.fd()));
        groups.forEach((place, group) -> {
            group.share();
            for (int slot = 0; slot < group.size(); slot++) {
                heritage.put(place.of(slot).toString(), group.listener(slot).fd());
            }
        });
        return heritage;
    }

    /** What a supervisor has handed over, for a new master to find as this one did. */
    public List<Integer> handedOver() {
        return Stream.concat(
                        adopted.stream().map(InheritedListener::fd),
                        adoptedDoors.stream().map(BoundListener::fd))
                .toList();
    }

    /**
     * The other master has left this one what it inherited; what of it is not wanted is closed.
     * That one's workers may still finish, at listeners that are not known here too.
     */
    public void own() {
        owner = true;
        listeners.values().forEach(BoundListener::own);
        groups.values().forEach(PortGroup::own);
        inherited.forEach((place, fd) -> {
            BoundListener unwanted = take(place, fd);
            unwanted.own();
            unwanted.close();
        });
        inherited.clear();
    }

    /** The other master has ended, whether or not it has left anything to this one. */
    public void alone() {
        if (!owner) {
            own();
        }
        groups.values().forEach(PortGroup::alone);
        store.alone();
        settle();
    }

    /**
     * The master that was to inherit is gone, and what it had with it. Should it have kept clients
     * away they are let in again.
     */
    public void keep() {
        groups.values().forEach(PortGroup::alone);
        if (!withdrawn) {
            bound(true).forEach(each -> Withdrawal.end(syscalls.sockets(), each.fd()));
        }
    }

    /**
     * The listeners are from now on those of the master that has inherited them, and the paths of
     * Unix sockets.
     */
    public void leave() {
        owner = false;
        listeners.values().forEach(BoundListener::leave);
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
        if (strategy == AcceptStrategy.PASS) {
            adoptedDoors.add(BoundListener.of(syscalls, listener, settings));
        } else {
            adopted.add(listener);
        }
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
        return Stream.of(
                        listeners().stream().map(BoundListener::address),
                        adopted.stream().map(InheritedListener::address),
                        groups.values().stream().map(PortGroup::address))
                .flatMap(each -> each)
                .toList();
    }

    /** Those that are everybody's, and where the master accepts from if it passes on. */
    public List<BoundListener> listeners() {
        return Stream.concat(listeners.values().stream(), adoptedDoors.stream()).toList();
    }

    /** Those of which each place of a worker has one. */
    public Collection<PortGroup> groups() {
        return Collections.unmodifiableCollection(groups.values());
    }

    /**
     * The descriptors of all by name, those that were bound before those that were taken over: that
     * of an address is its name, and where there is one for each place of a worker {@code #} and
     * the place follow.
     */
    public SequencedMap<String, Integer> descriptors() {
        SequencedMap<String, Integer> descriptors = common();
        for (PortGroup group : groups.values()) {
            for (int slot = 0; slot < group.size(); slot++) {
                descriptors.put(group.address() + "#" + slot, group.listener(slot).fd());
            }
        }
        return descriptors;
    }

    private SequencedMap<String, Integer> common() {
        SequencedMap<String, Integer> descriptors = new LinkedHashMap<>();
        for (BoundListener listener : listeners()) {
            descriptors.put(listener.address().toString(), listener.fd());
        }
        for (InheritedListener listener : adopted) {
            descriptors.put(listener.address().toString(), listener.fd());
        }
        return descriptors;
    }

    /**
     * The descriptors that the worker of a place is handed, by their addresses; a place that has
     * none yet gets one.
     *
     * @throws dev.ringfork.bindings.SyscallException if there is no room for another
     */
    public SequencedMap<String, Integer> descriptors(int slot) {
        if (strategy == AcceptStrategy.PASS) {
            return new LinkedHashMap<>();
        }
        SequencedMap<String, Integer> descriptors = common();
        for (PortGroup group : groups.values()) {
            group.reach(slot);
            descriptors.put(group.address().toString(), group.listener(slot).fd());
        }
        return descriptors;
    }

    /**
     * Lets no client begin to connect to what this master has bound, unless it is another one's or
     * stored; those that have begun come into the queues.
     *
     * @return 0, or {@code -errno} where the kernel cannot: a moment stays between the last look
     *     into the queue and the close, in which somebody may come
     */
    public int withdraw() {
        if (!owner) {
            return 0;
        }
        withdrawn = true;
        return bound(false).stream().mapToInt(this::withdraw).min().orElse(0);
    }

    /** All but those that somebody else has bound. */
    private List<BoundListener> bound(boolean alsoStored) {
        List<BoundListener> bound = new ArrayList<>();
        for (BoundListener listener : listeners.values()) {
            if (alsoStored || !store.holds(listener.fd())) {
                bound.add(listener);
            }
        }
        for (PortGroup group : groups.values()) {
            for (int slot = 0; slot < group.size(); slot++) {
                bound.add(group.listener(slot));
            }
        }
        return bound;
    }

    private int withdraw(BoundListener listener) {
        if (listener.address() instanceof Address.Unix) {
            listener.unpublish();
            return 0;
        }
        return Withdrawal.begin(syscalls.sockets(), listener.fd());
    }

    /**
     * Closes the listeners: clients are refused once the last worker has closed them too, and until
     * then nobody waits in a queue that no worker looks at.
     */
    public void release() {
        for (BoundListener listener : listeners.values()) {
            if (store.holds(listener.fd())) {
                listener.leave();
            }
            listener.close();
        }
        listeners.clear();
        adopted.forEach(InheritedListener::close);
        adopted.clear();
        adoptedDoors.forEach(BoundListener::close);
        adoptedDoors.clear();
        groups.values().forEach(PortGroup::close);
        groups.clear();
    }

    /** Closes all. */
    @Override
    public void close() {
        release();
        inherited.values().forEach(syscalls.descriptors()::close);
        inherited.clear();
        store.close();
        if (mutex != null) {
            mutex.close();
        }
    }
}
