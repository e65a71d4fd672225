// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.tls;

import dev.ringfork.bindings.Descriptors;
import dev.ringfork.bindings.Errno;
import dev.ringfork.reactor.protocol.Buffer;
import dev.ringfork.reactor.queue.FilePart;
import dev.ringfork.reactor.queue.PartQueue;
import dev.ringfork.reactor.server.ServerSettings;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** What waits to be encrypted on one connection. */
final class PlainQueue extends PartQueue {
    private final TlsMemory memory;
    private final Descriptors descriptors;
    private final long bytesMax;
    private final int slotBytes;

    PlainQueue(TlsMemory memory, Descriptors descriptors, ServerSettings settings) {
        this.memory = memory;
        this.descriptors = descriptors;
        this.bytesMax = settings.maxQueuedBytes();
        this.slotBytes = settings.bufferBytes();
    }

    /**
     * Whether the bound of the queue leaves no place for a buffer, and the last one no room.
     *
     * @param others bytes of the connection that count and are not in here
     */
    boolean bounded(int room, long others) {
        return tailRoom() < room && bytes() + others + slotBytes > bytesMax;
    }

    /** The last buffer if it has room, else a new one behind it; null when there is no more. */
    @Nullable Buffer tail(int room) {
        if (tailRoom() >= room) {
            return (Buffer) last();
        }
        Buffer fresh = memory.leaseForOutput();
        if (fresh != null) {
            enqueue(fresh);
        }
        return fresh;
    }

    /** How many buffers more than it has the queue needs for so many bytes. */
    long missingBuffers(long length) {
        return Math.max(0, (length - tailRoom() + slotBytes - 1) / slotBytes);
    }

    /**
     * Copies bytes in.
     *
     * @return {@code ENOSPC} if the bound of the queue would be exceeded, {@code ENOBUFS} if there
     *     are not enough buffers: then nothing is copied; 0 otherwise
     */
    int copy(MemorySegment source, long offset, long length, long others) {
        if (bytes() + others + length > bytesMax) {
            return Errno.ENOSPC;
        }
        if (!memory.reserve(missingBuffers(length))) {
            return Errno.ENOBUFS;
        }
        long done = 0;
        while (done < length) {
            if (tailRoom() == 0) {
                enqueue(memory.leaseReserved());
            }
            Buffer tail = (Buffer) last();
            int piece = (int) Math.min(length - done, tail.room());
            MemorySegment.copy(source, offset + done, tail.segment(), tail.end(), piece);
            tail.produced(piece);
            done += piece;
        }
        return 0;
    }

    /**
     * Takes a part of a file.
     *
     * @param fd taken over; closed also if this returns false
     * @param wanted whether it may be queued at all
     * @return false if it may not, or there are too many
     */
    boolean add(int fd, long offset, long length, boolean wanted) {
        if (wanted && add(new FilePart(fd, offset, length))) {
            return true;
        }
        descriptors.close(fd);
        return false;
    }

    /**
     * Copies what comes first, as much as a record takes; {@link #consume} then takes it out.
     *
     * @return how many bytes, or {@code -errno} if a file cannot be read: {@code -EIO} if it is
     *     shorter than was promised
     */
    int peek(Scratch scratch) {
        int length = 0;
        scratch.plainOut.clear();
        for (int i = 0; i < count() && length < Scratch.PLAIN_BYTES; i++) {
            int room = Scratch.PLAIN_BYTES - length;
            if (at(i) instanceof FilePart part) {
                int wanted = (int) Math.min(room, part.remaining());
                int read = wanted == 0 ? 0 : read(part, scratch.file, wanted);
                if (read < 0) {
                    // What comes before it is sent first.
                    return length > 0 ? length : read;
                }
                scratch.putPlain(scratch.file, 0, length, read);
                length += read;
                if (read < part.remaining()) {
                    return length;
                }
            } else {
                Buffer buffer = (Buffer) at(i);
                int piece = Math.min(room, buffer.length());
                scratch.putPlain(buffer.segment(), buffer.start(), length, piece);
                length += piece;
            }
        }
        return length;
    }

    private int read(FilePart part, MemorySegment target, int wanted) {
        long read;
        do {
            read = descriptors.pread(part.fd(), target.address(), wanted, part.offset());
        } while (read == -Errno.EINTR);
        return read == 0 ? -Errno.EIO : (int) read;
    }

    /** Takes bytes out, and with them what has nothing left. */
    void consume(int bytes) {
        int left = bytes;
        while (!isEmpty()) {
            left -= takeFrom(at(0), left);
            if (remaining(at(0)) > 0) {
                return;
            }
            removeFirst();
        }
    }

    private int takeFrom(Object item, int bytes) {
        if (item instanceof FilePart part) {
            int taken = (int) Math.min(bytes, part.remaining());
            part.advance(taken);
            return taken;
        }
        Buffer buffer = (Buffer) item;
        int taken = Math.min(bytes, buffer.length());
        consumeFirst(buffer, taken);
        return taken;
    }

    private static long remaining(Object item) {
        return item instanceof FilePart part ? part.remaining() : ((Buffer) item).length();
    }

    @Override
    protected void release(Buffer buffer) {
        memory.release(buffer);
    }

    @Override
    protected void closeFile(int fd) {
        descriptors.close(fd);
    }
}
