// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.server;

import dev.ringfork.bindings.Address;
import dev.ringfork.reactor.Slots;
import dev.ringfork.reactor.offload.LoopEnd;
import dev.ringfork.reactor.protocol.Buffer;
import dev.ringfork.reactor.protocol.Protocol;
import dev.ringfork.reactor.queue.FilePart;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a connection has of its loop and of its socket, and what waits in it, whatever state it is
 * in.
 *
 * <p>Confined to the loop's thread, {@link #execute} aside.
 */
abstract class LoopConnection extends Slots.Entry implements LoopEnd {
    final Loop loop;

    /** Negative if none could be had: {@code -errno}. */
    final int fd;

    final SocketNames names;
    final WriteQueue queue;
    final Input input;
    private final boolean packets;

    /**
     * Of a loop, with a socket of its own.
     *
     * @param remote the peer's address where it is known
     */
    LoopConnection(Loop loop, int fd, @Nullable Address remote) {
        this.loop = loop;
        this.fd = fd;
        this.names = new SocketNames(loop.sockets, loop.addresses, fd, remote);
        // Those that are opened here are streams.
        this.packets = remote == null && loop.carriesPackets(fd);
        this.queue = packets ? new PacketQueue(loop) : new WriteQueue(loop);
        this.input = packets ? new PacketInput(loop) : new Input(loop);
    }

    @Override
    public final boolean connect(Address address, Duration timeout, Protocol protocol) {
        if (!timeout.isPositive()) {
            throw new IllegalArgumentException("a time-out of " + timeout + " to connect");
        }
        if (closed() || loop.ending) {
            return false;
        }
        loop.connect(address, timeout.toNanos(), protocol);
        return true;
    }

    /** Whether it has ended. */
    abstract boolean closed();

    /** Whether what is written now will be sent. */
    abstract boolean writing();

    /** It was used: it is to be settled before the loop waits. */
    abstract void touch();

    /** So many bytes could not be queued. */
    abstract void refused(long length);

    // ---- what is written

    @Override
    public final boolean write(MemorySegment source, long offset, long length) {
        if (!writing()) {
            return false;
        }
        if (!queue.accepts(length)) {
            refused(length);
            return false;
        }
        queue.copy(source, offset, length);
        touch();
        return true;
    }

    @Override
    public final @Nullable Buffer output(int room) {
        if (!writing()) {
            return null;
        }
        touch();
        Buffer tail = queue.output(room);
        if (tail == null) {
            refused(room);
        }
        return tail;
    }

    @Override
    public final boolean writeFile(int file, long offset, long length) {
        if (!writing() || packets || !queue.add(new FilePart(file, offset, length))) {
            loop.descriptors.close(file);
            return false;
        }
        touch();
        return true;
    }

    @Override
    public final void append(Buffer filled) {
        if (writing()) {
            queue.append(filled);
            touch();
        } else {
            loop.pool.release(filled);
        }
    }

    @Override
    public final long queuedBytes() {
        return queue.bytes();
    }

    @Override
    public final int queuedFiles() {
        return queue.files();
    }

    // ---- the rest

    @Override
    public final boolean packets() {
        return packets;
    }

    @Override
    public final @Nullable Buffer takeInput() {
        return input.take();
    }

    @Override
    public final int bufferBytes() {
        return loop.pool.slotBytes();
    }

    @Override
    public final boolean execute(Runnable task) {
        return loop.reactor.execute(task);
    }

    @Override
    public final long nowNs() {
        return loop.reactor.nowNs();
    }

    @Override
    public final Address remoteAddress() {
        return names.remote();
    }

    @Override
    public final Address localAddress() {
        return names.local();
    }

    @Override
    public final int fd() {
        return fd;
    }
}
