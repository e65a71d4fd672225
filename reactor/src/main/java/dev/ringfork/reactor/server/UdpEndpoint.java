// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.server;

import static dev.ringfork.bindings.abi.SocketConstants.SOCK_CLOEXEC;
import static dev.ringfork.bindings.abi.SocketConstants.SOCK_DGRAM;
import static dev.ringfork.bindings.abi.SocketConstants.SOCK_NONBLOCK;

import dev.ringfork.bindings.Address;
import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.MessageBatch;
import dev.ringfork.bindings.Sockets;
import dev.ringfork.reactor.EventHandler;
import dev.ringfork.reactor.Registration;
import dev.ringfork.reactor.demux.Interest;
import dev.ringfork.reactor.protocol.Buffer;
import dev.ringfork.reactor.protocol.DatagramEndpoint;
import dev.ringfork.reactor.protocol.DatagramProtocol;
import dev.ringfork.reactor.protocol.DatagramSession;
import dev.ringfork.reactor.protocol.Peer;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * A bound datagram socket in a reactor: receives in batches, lets the session work, sends what was
 * queued.
 *
 * <p>Confined to the loop's thread, {@link #execute} aside; it may be made before the loop turns.
 * Owns its descriptor.
 */
final class UdpEndpoint implements DatagramEndpoint, EventHandler {
    /** Datagrams received by one call: enough to share it, few enough to stay in the cache. */
    private static final int BATCH = 32;

    /** Batches in one turn; a flood has to share the loop with the others. */
    private static final int BATCHES_MAX = 4;

    private final Loop loop;
    private final int fd;
    private final Address address;
    private final Registration registration = new Registration(this);
    private final Arena arena = Arena.ofShared();
    private final List<Buffer> buffers = new ArrayList<>();
    private final List<Peer> peers = new ArrayList<>();
    private final MessageBatch batch;
    private final DatagramQueue queue;
    // Until the protocol has opened one.
    private DatagramSession session = (_, _) -> {};
    private boolean congested;
    private boolean closing;
    private boolean closed;

    private UdpEndpoint(Loop loop, int fd) {
        this.loop = loop;
        this.fd = fd;
        this.address = SocketQueries.own(loop.sockets, fd);
        this.queue = new DatagramQueue(loop);
        // At most half of the memory: the rest is for answers.
        int slots = Math.clamp(loop.pool.available() / 2, 1, BATCH);
        this.batch = new MessageBatch(arena.allocate(MessageBatch.bytes(slots), Long.BYTES), slots);
    }

    /**
     * Binds a socket and watches it.
     *
     * @throws dev.ringfork.bindings.SyscallException if the address cannot be had
     * @throws IllegalStateException if an option is refused, or the engine cannot watch it
     */
    static UdpEndpoint open(Loop loop, Address address, DatagramProtocol protocol) {
        UdpEndpoint endpoint = new UdpEndpoint(loop, bind(loop, address));
        try {
            endpoint.begin(protocol);
            return endpoint;
        } catch (RuntimeException e) {
            endpoint.abort();
            throw e;
        }
    }

    private static int bind(Loop loop, Address address) {
        Sockets sockets = loop.sockets;
        int type = SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC;
        int fd = Errno.check("socket", sockets.socket(address.family(), type, 0), address);
        try (Arena arena = Arena.ofConfined()) {
            loop.settings.socketOptions().forDatagrams(sockets, fd, address);
            MemorySegment name = arena.allocate(Address.BYTES_MAX, 8);
            Errno.check("bind", sockets.bind(fd, name, address.encode(name)), address);
            return fd;
        } catch (RuntimeException e) {
            loop.descriptors.close(fd);
            throw e;
        }
    }

    private void begin(DatagramProtocol protocol) {
        for (int i = 0; i < batch.count(); i++) {
            Buffer buffer = loop.pool.lease();
            if (buffer == null) {
                throw new IllegalStateException("no buffer is left: raise --buffer-memory");
            }
            batch.datagram(i, buffer.address(), buffer.capacity());
            buffers.add(buffer);
            peers.add(new Peer(batch.peer(i)));
        }
        session = protocol.open(this);
        int result = loop.reactor.add(registration, fd, interest());
        if (result < 0) {
            throw new IllegalStateException(
                    "cannot receive at %s: %s"
                            .formatted(address, loop.reactor.demultiplexer().refusal(fd, result)));
        }
        loop.reactor.beforePoll(this::settle);
    }

    private int interest() {
        return (congested || closing ? 0 : Interest.READ) | (queue.blocked() ? Interest.WRITE : 0);
    }

    @Override
    public void ready(Registration ignored, int ready) {
        if ((ready & Interest.WRITE) != 0) {
            flush();
        }
        if ((ready & Interest.READ) != 0) {
            receive();
        }
    }

    /** Before the loop waits: sends what was queued outside of an event, and asks for the rest. */
    private void settle() {
        if (closed) {
            return;
        }
        if (!queue.blocked()) {
            flush();
        }
        if (closing && queue.count() == 0) {
            closeNow(0);
        } else if (interest() != registration.interest()) {
            registration.interest(interest());
        }
    }

    // ---- receiving

    private void receive() {
        for (int i = 0; i < BATCHES_MAX && !congested && !closing; i++) {
            int received = batch.receive(loop.sockets, fd, batch.count(), 0);
            if (received < 0) {
                if (!goesOn(-received)) {
                    return;
                }
                continue;
            }
            for (int slot = 0; slot < received; slot++) {
                deliver(slot);
            }
            flush();
            // With edges only the error says that there is no more.
            if (received < batch.count() && !loop.edge) {
                return;
            }
        }
    }

    /** Whether to receive again: most errors are of a datagram that was sent, and end nothing. */
    private boolean goesOn(int errno) {
        if (errno == Errno.EAGAIN) {
            registration.exhausted(Interest.READ);
            return false;
        }
        if (errno == Errno.EBADF || errno == Errno.ENOTSOCK) {
            closeNow(errno);
            return false;
        }
        if (errno != Errno.EINTR) {
            lost(errno);
        }
        return true;
    }

    private void deliver(int slot) {
        Buffer datagram = buffers.get(slot);
        Peer from = peers.get(slot);
        datagram.clear();
        datagram.produced(batch.length(slot));
        from.length(batch.peerLength(slot));
        loop.counters.bytesIn.add(datagram.length());
        try {
            if (batch.truncated(slot)) {
                loop.reports.report(
                        "datagrams were cut, they are longer than --buffer", loop.reactor.nowNs());
                session.truncated(datagram, from);
            } else {
                session.received(datagram, from);
            }
        } catch (RuntimeException | Error e) {
            loop.reports.report(
                    "session",
                    "a datagram's session failed: " + Failures.describe(e),
                    loop.reactor.nowNs());
        }
    }

    // ---- sending

    /** Sends all that is queued, or as much as the socket takes. */
    private void flush() {
        while (queue.count() > 0) {
            int sent = queue.send(fd);
            if (sent == -Errno.EAGAIN) {
                registration.exhausted(Interest.WRITE);
                break;
            }
            if (sent < 0 && sent != -Errno.EINTR) {
                queue.removeFirst();
                lost(-sent);
            }
        }
        if (congested && queue.low()) {
            congested = false;
            session.writable(this);
        }
    }

    private void lost(int errno) {
        loop.reports.report(
                Errno.name(errno),
                "a datagram was lost: %s (%s)".formatted(Errno.name(errno), Errno.text(errno)),
                loop.reactor.nowNs());
    }

    // ---- closing

    /** The server drains: what has come is received before the session is told. */
    void drain() {
        if (!closing) {
            receive();
            session.draining(this);
        }
    }

    /** The time for draining is over. */
    void cut() {
        if (!closed) {
            loop.counters.cut.increment();
            closeNow(Errno.ECANCELED);
        }
    }

    /** Closes at once. */
    void abort() {
        closeNow(0);
    }

    boolean closed() {
        return closed;
    }

    private void closeNow(int errno) {
        if (closed) {
            return;
        }
        closed = true;
        closing = true;
        registration.remove();
        loop.descriptors.close(fd);
        queue.close();
        buffers.forEach(loop.pool::release);
        arena.close();
        session.closed(this, errno);
        // Whether a drain is over is looked at once a turn, and in this one perhaps already.
        loop.reactor.wakeup();
    }

    // ---- DatagramEndpoint

    @Override
    public boolean send(Peer to, MemorySegment source, long offset, long length) {
        if (closing || !queue.add(to, source, offset, length)) {
            return false;
        }
        congested |= queue.high();
        return true;
    }

    @Override
    public int queued() {
        return queue.count();
    }

    @Override
    public boolean congested() {
        return congested;
    }

    @Override
    public int bufferBytes() {
        return loop.pool.slotBytes();
    }

    @Override
    public void close() {
        closing = true;
    }

    @Override
    public boolean closing() {
        return closing;
    }

    @Override
    public boolean execute(Runnable task) {
        return loop.reactor.execute(task);
    }

    @Override
    public long nowNs() {
        return loop.reactor.nowNs();
    }

    @Override
    public Address localAddress() {
        return address;
    }

    @Override
    public int fd() {
        return fd;
    }
}
