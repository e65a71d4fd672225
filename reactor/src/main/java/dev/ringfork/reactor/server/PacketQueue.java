// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.server;

import static dev.ringfork.bindings.abi.SocketConstants.MSG_NOSIGNAL;

import dev.ringfork.bindings.Errno;
import dev.ringfork.reactor.protocol.Buffer;
import dev.ringfork.reactor.queue.Packets;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * Packets that wait to be sent: their bytes lie in buffers as those of a stream do, and beside them
 * is how long each one is. So a small packet costs little memory, and a call sends one whole.
 */
final class PacketQueue extends WriteQueue {
    /** Their lengths take memory too, which the bound of bytes does not count. */
    static final int PACKETS_MAX = 1 << 16;

    private int[] lengths = new int[4];
    private int head;
    private int packets;
    // Bytes of these packets; those behind them are of one that is written right now.
    private long endedBytes;

    PacketQueue(Loop loop) {
        super(loop);
    }

    @Override
    boolean accepts(long length) {
        Packets.requireFits(length, loop.pool.slotBytes());
        return packets < PACKETS_MAX && super.accepts(length);
    }

    @Override
    void copy(MemorySegment source, long offset, long length) {
        endPacket();
        super.copy(source, offset, length);
        endPacket();
    }

    /** What is written there until the next call is one packet. */
    @Override
    @Nullable Buffer output(int room) {
        endPacket();
        return packets < PACKETS_MAX ? super.output(room) : null;
    }

    @Override
    void append(Buffer filled) {
        endPacket();
        super.append(filled);
        endPacket();
    }

    private void endPacket() {
        int length = (int) (bytes() - endedBytes);
        if (length > 0) {
            add(length);
            endedBytes += length;
        }
    }

    private void add(int length) {
        if (packets == lengths.length) {
            int[] larger = new int[2 * packets];
            for (int i = 0; i < packets; i++) {
                larger[i] = lengths[(head + i) & (packets - 1)];
            }
            lengths = larger;
            head = 0;
        }
        lengths[(head + packets++) & (lengths.length - 1)] = length;
    }

    @Override
    long sendBuffers(int fd) {
        endPacket();
        if (packets == 0) {
            // Only buffers that nobody has written into.
            sent(0, 0);
            return 0;
        }
        int length = lengths[head];
        int buffers = vector(length);
        long sent = buffers == 1 ? sendFirst(fd, length) : writev(fd, buffers);
        if (sent >= 0) {
            // The kernel takes a packet whole or not at all.
            head = (head + 1) & (lengths.length - 1);
            packets--;
            endedBytes -= length;
            sent(length, length);
        } else if (sent == -Errno.EMSGSIZE) {
            loop.reports.report(
                    "a connection was closed: its socket takes no packet so long, raise --send-buffer",
                    loop.reactor.nowNs());
        }
        return sent;
    }

    private long sendFirst(int fd, int length) {
        Buffer first = (Buffer) at(0);
        return loop.sockets.send(fd, first.address() + first.start(), length, MSG_NOSIGNAL);
    }

    /** Shows where the first packet lies; returns in how many buffers. */
    private int vector(int length) {
        int buffers = 0;
        for (int left = length; left > 0; buffers++) {
            Buffer buffer = (Buffer) at(buffers);
            int piece = Math.min(left, buffer.length());
            loop.iov(buffers, buffer.address() + buffer.start(), piece);
            left -= piece;
        }
        return buffers;
    }

    @Override
    public void clear() {
        super.clear();
        packets = 0;
        endedBytes = 0;
    }
}
