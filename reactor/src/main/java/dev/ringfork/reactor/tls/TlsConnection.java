// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.tls;

import dev.ringfork.bindings.Errno;
import dev.ringfork.reactor.protocol.Buffer;
import dev.ringfork.reactor.protocol.Connection;
import dev.ringfork.reactor.protocol.ForwardingConnection;
import dev.ringfork.reactor.server.ServerSettings;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * The connection of plaintext that the session inside sees.
 *
 * <p>What is written waits here until it can be encrypted at once into the queue of the connection
 * outside: both together count as queued. What {@link #connect} opens speaks without TLS. Confined
 * to the loop's thread, {@link #execute} aside.
 */
final class TlsConnection extends ForwardingConnection {
    private final TlsSession session;
    private final TlsMemory memory;
    private final ServerSettings settings;
    private final PlainQueue queue;
    private boolean paused;
    private boolean congested;
    // What was queued when a write was refused: until it falls there is nothing to tell.
    private long refusedAt = Long.MAX_VALUE;
    private boolean waiting;
    private boolean fed;
    private boolean outputEnding;

    TlsConnection(TlsProtocol protocol, Connection outer, TlsSession session) {
        super(outer);
        this.session = session;
        this.memory = protocol.memory;
        this.settings = protocol.settings;
        this.queue = new PlainQueue(memory, protocol.syscalls.descriptors(), settings);
    }

    // ---- for the session that encrypts

    PlainQueue plain() {
        return queue;
    }

    boolean outputEnding() {
        return outputEnding;
    }

    /** The peer has ended this direction. */
    void outputEnds() {
        outputEnding = true;
    }

    /** Whether the session inside wants to be shown what comes. */
    boolean reading() {
        return !paused && !congested();
    }

    /** Whether the queue has fallen, or memory come back, since it was too full; asked once. */
    boolean relieve() {
        long queued = queuedBytes();
        boolean fallen =
                congested
                        && !waiting
                        && queue.files() == 0
                        && queued <= settings.lowWaterBytes()
                        && queued < refusedAt;
        if (!fallen && !fed) {
            return false;
        }
        congested = false;
        fed = false;
        refusedAt = Long.MAX_VALUE;
        return true;
    }

    /**
     * Whether the queue must fall, all of it is outside, and the connection there was never so full
     * that it would tell.
     */
    boolean mustLook() {
        return congested && !waiting && queue.isEmpty() && !super.congested();
    }

    /** There are buffers again. */
    void fed() {
        fed = waiting;
        waiting = false;
    }

    /** The connection is gone. */
    void ended() {
        queue.clear();
    }

    // ---- Connection

    @Override
    public boolean write(MemorySegment source, long offset, long length) {
        if (!writing()) {
            return false;
        }
        long encrypted = session.encryptedBytes();
        int errno = queue.copy(source, offset, length, encrypted);
        if (errno != 0) {
            refused(errno == Errno.ENOBUFS, length, encrypted);
            return false;
        }
        session.touch();
        return true;
    }

    @Override
    public @Nullable Buffer output(int room) {
        if (!writing()) {
            return null;
        }
        session.touch();
        long encrypted = session.encryptedBytes();
        if (queue.bounded(room, encrypted)) {
            refused(false, room, encrypted);
            return null;
        }
        Buffer tail = queue.tail(room);
        if (tail == null) {
            refused(true, room, encrypted);
        }
        return tail;
    }

    /** What was encrypted when it was refused: a loop beside this thread may have sent it since. */
    private void refused(boolean buffersAreMissing, long length, long encrypted) {
        long queued = queue.bytes() + encrypted;
        if (buffersAreMissing && length <= settings.poolBytes() && !waiting) {
            waiting = true;
            memory.awaitOutput(session, Math.max(1, queue.missingBuffers(length)));
        }
        if (waiting || queued > 0) {
            congested = true;
            refusedAt = queued;
        }
        session.touch();
    }

    @Override
    public boolean writeFile(int file, long offset, long length) {
        if (!queue.add(file, offset, length, writing())) {
            return false;
        }
        session.touch();
        return true;
    }

    private boolean writing() {
        return session.open() && !outputEnding;
    }

    @Override
    public long queuedBytes() {
        return queue.bytes() + session.encryptedBytes();
    }

    @Override
    public boolean congested() {
        congested |= queue.files() > 0 || queuedBytes() > settings.highWaterBytes();
        return congested;
    }

    @Override
    public int bufferBytes() {
        return settings.bufferBytes();
    }

    @Override
    public void pause() {
        paused = true;
        session.touch();
    }

    @Override
    public void resume() {
        if (paused) {
            paused = false;
            session.resumed();
        }
    }

    @Override
    public void expireAfter(long delayNs) {
        session.expireAfter(delayNs);
    }

    @Override
    public void shutdownOutput() {
        outputEnding = true;
        session.touch();
    }

    @Override
    public void close() {
        session.finish(true);
    }

    @Override
    public void finish() {
        session.finish(false);
    }

    @Override
    public void abort() {
        session.abort();
    }

    @Override
    public boolean closing() {
        return !session.open() || super.closing();
    }
}
