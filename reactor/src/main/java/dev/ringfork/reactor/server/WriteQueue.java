// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.server;

import static dev.ringfork.bindings.abi.SocketConstants.MSG_MORE;
import static dev.ringfork.bindings.abi.SocketConstants.MSG_NOSIGNAL;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.Platform;
import dev.ringfork.reactor.protocol.Buffer;
import dev.ringfork.reactor.queue.FilePart;
import dev.ringfork.reactor.queue.PartQueue;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** What waits to be sent on one connection, and how it is sent. */
class WriteQueue extends PartQueue {
    /** More to come at once: let the kernel put the head of a response and its file together. */
    private static final int MORE_FOLLOWS =
            MSG_NOSIGNAL | (Platform.current().linux() ? MSG_MORE : 0);

    /** One sendfile(2) sends at most this, so that one fast peer does not hold the loop. */
    private static final long FILE_CHUNK_BYTES = 1 << 20;

    final Loop loop;
    private boolean blocked;
    private long gathered;

    WriteQueue(Loop loop) {
        this.loop = loop;
    }

    /** Whether the last send found the socket full. */
    final boolean blocked() {
        return blocked;
    }

    /** Whether so much is queued that its peer should not ask for more; any part of a file is. */
    final boolean high() {
        return files() > 0 || bytes() > loop.settings.highWaterBytes();
    }

    /** Whether it has fallen so far that more may be queued. */
    final boolean low() {
        return files() == 0 && bytes() <= loop.settings.lowWaterBytes();
    }

    /** The last buffer if it has room, else a new one behind it; null when there is no more. */
    final @Nullable Buffer tail(int room) {
        if (count() > 0 && last() instanceof Buffer tail && tail.room() >= room) {
            return tail;
        }
        if (bytes() + loop.pool.slotBytes() > loop.settings.maxQueuedBytes()) {
            return null;
        }
        Buffer fresh = loop.pool.lease();
        if (fresh != null) {
            enqueue(fresh);
        }
        return fresh;
    }

    /**
     * Whether this many bytes can be copied in without passing the bounds of queue and pool; the
     * copy must follow.
     */
    boolean accepts(long length) {
        long missing = missingBuffers(length);
        return bounds(missing) && loop.pool.reserve(missing);
    }

    /** A buffer for its user to write into directly; null when there is no more. */
    @Nullable Buffer output(int room) {
        return tail(room);
    }

    /** Whether they could be if all buffers were free. */
    final boolean fits(long length) {
        long missing = missingBuffers(length);
        return missing * loop.pool.slotBytes() <= loop.settings.poolBytes() && bounds(missing);
    }

    private boolean bounds(long missing) {
        // The tail is filled before the first new buffer is asked for.
        long then = bytes() + tailRoom() + missing * loop.pool.slotBytes();
        return missing == 0 || then <= loop.settings.maxQueuedBytes();
    }

    /** How many buffers more than it has the queue needs for so many bytes. */
    final long missingBuffers(long length) {
        long slot = loop.pool.slotBytes();
        return Math.max(0, (length - tailRoom() + slot - 1) / slot);
    }

    /** Copies bytes in, of which {@link #accepts} has said that they fit. */
    void copy(MemorySegment source, long offset, long length) {
        long done = 0;
        while (done < length) {
            Buffer tail = tail(1);
            if (tail == null) {
                throw new AssertionError("the queue accepted more than it can take");
            }
            int piece = (int) Math.min(length - done, tail.room());
            MemorySegment.copy(source, offset + done, tail.segment(), tail.end(), piece);
            tail.produced(piece);
            done += piece;
        }
    }

    /** Takes over a filled buffer; the bounds are its writer's. */
    void append(Buffer filled) {
        // One after the other, small answers to a slow peer would each hold a buffer.
        if (count() > 0 && last() instanceof Buffer tail && tail.room() >= filled.length()) {
            copy(filled.segment(), filled.start(), filled.length());
            release(filled);
        } else {
            enqueue(filled);
        }
    }

    /**
     * Sends once: the first item, or as many buffers as one gather write takes.
     *
     * @return the bytes sent, 0 if there was nothing in the first item, or {@code -errno}; {@link
     *     #blocked} is then true for {@code -EAGAIN} and after a short send
     */
    final long send(int fd) {
        long sent = at(0) instanceof FilePart part ? sendFile(fd, part) : sendBuffers(fd);
        if (sent == -Errno.EAGAIN) {
            blocked = true;
        }
        return sent;
    }

    private long sendFile(int fd, FilePart part) {
        blocked = false;
        long wanted = Math.min(part.remaining(), FILE_CHUNK_BYTES);
        loop.fileOffset.set(JAVA_LONG, 0, part.offset());
        long sent =
                wanted == 0
                        ? 0
                        : loop.descriptors.sendfile(
                                fd, part.fd(), loop.fileOffset.address(), wanted);
        if (sent == 0 && wanted > 0) {
            // The file has become shorter than what was promised to the peer.
            return -Errno.EIO;
        }
        if (sent >= 0) {
            part.advance(sent);
            if (part.remaining() == 0) {
                removeFirst();
            }
        }
        return sent;
    }

    /** Sends what is in the first buffers; there is one at least. */
    long sendBuffers(int fd) {
        int buffers = gather();
        long sent = gathered == 0 ? 0 : buffers > 1 ? writev(fd, buffers) : sendOne(fd);
        if (sent >= 0) {
            sent(sent, gathered);
        }
        return sent;
    }

    /** Takes out what has gone of the first buffers. */
    final void sent(long sent, long wanted) {
        blocked = sent < wanted;
        consume(sent);
    }

    /**
     * Lists the buffers at the head in the loop's vector.
     *
     * @return how many there are, at most {@value Loop#IOV_MAX}
     */
    final int gather() {
        gathered = 0;
        int buffers = 0;
        while (buffers < count() && buffers < Loop.IOV_MAX && at(buffers) instanceof Buffer one) {
            loop.iov(buffers++, one.address() + one.start(), one.length());
            gathered += one.length();
        }
        return buffers;
    }

    /** How many bytes the last {@link #gather} has listed. */
    final long gathered() {
        return gathered;
    }

    /** The first item, which is a buffer. */
    final Buffer first() {
        return (Buffer) at(0);
    }

    /** Whether the first item is a part of a file. */
    final boolean fileFirst() {
        return at(0) instanceof FilePart;
    }

    /** The flags for a send of so many items from the head. */
    final int flags(int items) {
        return count() > items ? MORE_FOLLOWS : MSG_NOSIGNAL;
    }

    private long sendOne(int fd) {
        Buffer buffer = first();
        return loop.sockets.send(fd, buffer.address() + buffer.start(), buffer.length(), flags(1));
    }

    /** Sends by one call what the first entries of the loop's vector show. */
    final long writev(int fd, int buffers) {
        return loop.descriptors.writev(fd, loop.iov.address(), buffers);
    }

    /** So many bytes were sent from the buffers at the head; with them go those that are empty. */
    final void consume(long sent) {
        long left = sent;
        while (!isEmpty() && at(0) instanceof Buffer buffer) {
            int taken = (int) Math.min(left, buffer.length());
            left -= taken;
            consumeFirst(buffer, taken);
            if (buffer.length() > 0) {
                return;
            }
            removeFirst();
        }
    }

    @Override
    protected void release(Buffer buffer) {
        loop.pool.release(buffer);
    }

    @Override
    protected void closeFile(int file) {
        loop.descriptors.close(file);
    }

    @Override
    public void clear() {
        super.clear();
        blocked = false;
    }
}
