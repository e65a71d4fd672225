// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.server;

import static dev.ringfork.bindings.abi.SocketConstants.SOCK_SEQPACKET;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.ringfork.bindings.Address;
import dev.ringfork.bindings.Descriptors;
import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.SocketOption;
import dev.ringfork.bindings.Sockets;
import dev.ringfork.reactor.BufferPool;
import dev.ringfork.reactor.BufferSource;
import dev.ringfork.reactor.Reactor;
import dev.ringfork.reactor.Slots;
import dev.ringfork.reactor.demux.Trigger;
import dev.ringfork.reactor.protocol.Buffer;
import dev.ringfork.reactor.protocol.Protocol;
import dev.ringfork.reactor.uring.UringDemultiplexer;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What the connections of one reactor share: calls, memory, settings, counters.
 *
 * <p>Confined to the loop's thread, its counters and {@link #promise} aside.
 */
final class Loop implements AutoCloseable {
    /** Buffers sent by one gather write; more than the high-water mark ever holds. */
    static final int IOV_MAX = 64;

    /** The part of the pool that reading leaves to writing, so that answers can always go out. */
    private static final int WRITE_SHARE = 8;

    private static final int IOVEC_BYTES = 16;

    final Reactor reactor;
    final Descriptors descriptors;
    final Sockets sockets;
    final Protocol protocol;
    final List<ListenAddress> addresses;
    final ServerSettings settings;
    final ConnectionLimit limit;
    final @Nullable SoftLimit soft;
    private final @Nullable Dismissal dismissal;
    final BufferSource pool;
    final LoopCounters counters = new LoopCounters();
    final EagerRead eagerRead = new EagerRead();
    final RateLimitedReport reports;
    final boolean edge;
    private final boolean packets;
    final long writeTimeoutNs;
    final long lingerIdleNs;
    final long lingerTotalNs;

    private final Arena arena = Arena.ofShared();
    final MemorySegment iov = arena.allocate((long) IOV_MAX * IOVEC_BYTES, 8);
    final MemorySegment fileOffset = arena.allocate(8, 8);

    /** How bytes are moved where the loop waits with a ring; null where it waits for readiness. */
    final @Nullable RingLoop ring;

    /** Who decides when this loop accepts, if it shares that with others. */
    @Nullable Gatekeeper gatekeeper;

    private final int readReserve;
    private final Slots<StreamConnection> connections = new Slots<>();
    private final ArrayList<StreamConnection> touched = new ArrayList<>();
    private final ArrayDeque<StreamConnection> starved = new ArrayDeque<>();
    private final ArrayDeque<StreamConnection> refused = new ArrayDeque<>();
    private int availableWhenRefused;
    private int open;
    // From then on nothing new is opened, since nobody would close it.
    boolean ending;
    // Connections that another loop has accepted for this one and that have not arrived yet.
    private final AtomicInteger promised = new AtomicInteger();

    Loop(ServerPlan plan, Reactor reactor, BufferSource pool) {
        this.reactor = reactor;
        this.descriptors = plan.syscalls().descriptors();
        this.sockets = plan.syscalls().sockets();
        this.protocol = plan.protocol();
        this.addresses = plan.addresses();
        this.settings = plan.settings();
        this.limit = plan.limit();
        this.soft = limit.soft;
        this.pool = pool;
        this.reports = plan.reports();
        this.edge = reactor.demultiplexer().trigger() == Trigger.EDGE;
        this.packets = plan.listensForPackets();
        this.writeTimeoutNs = settings.writeTimeout().toNanos();
        this.lingerIdleNs = settings.lingerIdle().toNanos();
        this.lingerTotalNs = settings.lingerTotal().toNanos();
        this.readReserve = pool.slotsMax() / WRITE_SHARE;
        this.ring =
                reactor.demultiplexer() instanceof UringDemultiplexer it
                        ? new RingLoop(this, it.proactor())
                        : null;
        reactor.beforePoll(this::beforePoll);
        this.dismissal = soft == null ? null : new Dismissal(this, soft);
    }

    void iov(int index, long address, long length) {
        iov.setAtIndex(JAVA_LONG, 2L * index, address);
        iov.setAtIndex(JAVA_LONG, 2L * index + 1, length);
    }

    /** A buffer to read into, or null: then the connection must wait until one comes back. */
    @Nullable Buffer leaseForReading() {
        return pool.available() > readReserve ? pool.lease() : null;
    }

    /**
     * Reads and throws away what is there, some buffers at most.
     *
     * @return what the last recv(2) returned; 0 also when no buffer is left to read into
     */
    long discard(int fd, int buffers) {
        Buffer scratch = pool.lease();
        if (scratch == null) {
            return 0;
        }
        long received = scratch.capacity();
        for (int i = 0; i < buffers && received == scratch.capacity(); i++) {
            do {
                received = sockets.recv(fd, scratch.address(), scratch.capacity(), 0);
            } while (received == -Errno.EINTR);
        }
        pool.release(scratch);
        return received;
    }

    /** Whether an accepted connection carries packets; the kernel is asked only if it may. */
    boolean carriesPackets(int fd) {
        return packets && SocketOption.SO_TYPE.get(sockets, fd) == SOCK_SEQPACKET;
    }

    /** Closes an accepted descriptor that has found no place, counts it, and says why. */
    void shed(int fd, String reason) {
        descriptors.close(fd);
        counters.shed.increment();
        reports.report(reason, reactor.nowNs());
    }

    /** Closes an accepted descriptor for which there is no place. */
    void shedAtLimit(int fd) {
        shed(fd, "connections were closed unserved: --max-connections is reached");
    }

    /** Closes an accepted descriptor that has a place and is not served after all. */
    void turnAway(int fd) {
        descriptors.close(fd);
        limit.give();
        counters.shed.increment();
    }

    /** The demultiplexer refused a connection, which is therefore closed. */
    void unwatched(int fd, int result) {
        counters.shed.increment();
        reports.report(
                Errno.name(-result),
                "a connection was closed: " + reactor.demultiplexer().refusal(fd, result),
                reactor.nowNs());
    }

    /** The connection was used from outside its own event: settle it before the loop waits. */
    void touch(StreamConnection connection) {
        touched.add(connection);
    }

    /** The connection found no buffer to read into. */
    void starve(StreamConnection connection) {
        counters.starved.increment();
        starved.add(connection);
    }

    /** The connection found fewer buffers than these to write into. */
    void refuse(StreamConnection connection, long missing) {
        refused.add(connection);
        // Another loop may have given some back since: they must not count as there already.
        availableWhenRefused = (int) Math.min(pool.available(), missing - 1);
    }

    private void beforePoll() {
        boolean hungry = ring != null && ring.hungry();
        if (!refused.isEmpty() || !starved.isEmpty() || hungry) {
            // Before looking: what is given back from here on wakes this loop.
            pool.wakeOnRelease();
        }
        // Only when some came back: trying again for the same would turn the loop for ever.
        if (pool.available() > availableWhenRefused) {
            for (int i = refused.size(); i > 0; i--) {
                refused.remove().retry();
            }
        }
        int buffers = ring == null ? pool.available() - readReserve : ring.refill();
        for (int i = buffers; i > 0 && !starved.isEmpty(); ) {
            // One that has closed meanwhile needs none: the buffer is the next one's.
            i -= starved.remove().fed() ? 1 : 0;
        }
        // By index: settling one connection may touch another.
        for (int i = 0; i < touched.size(); i++) {
            touched.get(i).settleTouched();
        }
        touched.clear();
    }

    /** There is one connection at a time that comes to this loop. */
    void alone() {
        if (dismissal != null) {
            dismissal.alone();
        }
    }

    // ---- connections

    /** Serves an accepted descriptor, which it takes over. */
    StreamConnection serve(int fd) {
        StreamConnection connection = connection(fd, null);
        connection.start();
        return connection;
    }

    /** Opens a connection to a server. */
    void connect(Address address, long timeoutNs, Protocol protocol) {
        connection(Outgoing.connect(this, address), address).begin(timeoutNs, protocol);
    }

    private StreamConnection connection(int fd, @Nullable Address remote) {
        return ring == null
                ? new ReadyConnection(this, fd, remote)
                : new RingConnection(this, ring, fd, remote);
    }

    /** Calls a consumer with every open connection. */
    void forEachConnection(Consumer<StreamConnection> action) {
        connections.forEach(action);
    }

    /** A connection is there that was accepted. */
    void accepted(StreamConnection connection) {
        connecting(connection);
        counters.accepted.increment();
    }

    /** One begins to connect: it takes no place from those that come. */
    void connecting(StreamConnection connection) {
        open++;
        connections.add(connection);
    }

    /**
     * A connection is gone.
     *
     * @param accepted whether it came to us and had a place; one that we have opened had none
     * @param dismissed whether it was let go by the soft limit
     */
    void closed(StreamConnection connection, boolean accepted, boolean dismissed) {
        open--;
        connections.remove(connection);
        if (accepted) {
            // Before it is counted: who sees the count may connect in its place at once.
            limit.give();
            if (dismissed && soft != null) {
                soft.left();
            }
            counters.closed.increment();
        }
    }

    /**
     * A connection will arrive that is accepted already: until then the loop does not count as
     * empty. Called by the loop that accepts.
     */
    void promise() {
        promised.getAndIncrement();
    }

    /** What was promised has arrived, or never will. */
    void promiseKept() {
        promised.getAndDecrement();
    }

    /** Whether no connection is open or promised. */
    boolean empty() {
        return open == 0 && promised.get() == 0;
    }

    /** All buffers are free at the end; one that is not was lost by a fault of ours. */
    private void account() {
        int missing = pool.slotsMax() - pool.available();
        // Of a pool that loops share, others may hold some still.
        if (missing != 0 && pool instanceof BufferPool) {
            settings.report().accept("buffers that never came back: " + missing);
        }
    }

    @Override
    public void close() {
        if (dismissal != null) {
            dismissal.close();
        }
        if (ring == null || ring.close()) {
            account();
            pool.close();
        }
        arena.close();
    }
}
