// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.tls;

import dev.ringfork.reactor.protocol.Buffer;
import dev.ringfork.reactor.protocol.Connection;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * Records on their way into the connection's queue.
 *
 * <p>What was encrypted cannot be taken back, so what the queue refuses waits here, one record or
 * the few of an answer in a handshake, and nothing more is encrypted until it has gone.
 *
 * <p>Confined to the loop's thread. Owns what waits until {@link #clear}.
 */
final class CipherOutput {
    private final Connection connection;
    private final TlsMemory memory;
    private @Nullable Buffer waiting;

    CipherOutput(Connection connection, TlsMemory memory) {
        this.connection = connection;
        this.memory = memory;
    }

    /** Whether nothing waits. */
    boolean isEmpty() {
        return waiting == null;
    }

    /** How many bytes wait. */
    int bytes() {
        return waiting == null ? 0 : waiting.length();
    }

    /**
     * Queues a record, all of it or a part, the rest of which then waits.
     *
     * @return false if there is no room for the rest: the connection cannot go on
     */
    boolean send(MemorySegment record, int length) {
        int sent = waiting == null ? queue(record, 0, length) : 0;
        return sent == length || keep(record, sent, length - sent);
    }

    private boolean keep(MemorySegment record, int from, int length) {
        if (waiting == null) {
            waiting = memory.leaseRecord();
        }
        if (waiting == null || waiting.room() < length) {
            return false;
        }
        MemorySegment.copy(record, from, waiting.segment(), waiting.end(), length);
        waiting.produced(length);
        return true;
    }

    /** Queues what waits. Returns whether nothing waits any more. */
    boolean flush() {
        if (waiting != null) {
            waiting.consume(queue(waiting.segment(), waiting.start(), waiting.length()));
            if (waiting.length() == 0) {
                clear();
            }
        }
        return waiting == null;
    }

    /** In pieces of one buffer: what no queue could ever take at once would wait for ever. */
    private int queue(MemorySegment source, int from, int length) {
        int done = 0;
        while (done < length) {
            int piece = Math.min(length - done, connection.bufferBytes());
            if (!connection.write(source, from + done, piece)) {
                break;
            }
            done += piece;
        }
        return done;
    }

    /** Gives back what waits, unsent. */
    void clear() {
        if (waiting != null) {
            memory.releaseRecord(waiting);
            waiting = null;
        }
    }
}
