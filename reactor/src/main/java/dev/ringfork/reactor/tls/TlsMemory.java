// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.tls;

import dev.ringfork.reactor.BufferPool;
import dev.ringfork.reactor.protocol.Buffer;
import dev.ringfork.reactor.server.RateLimitedReport;
import dev.ringfork.reactor.server.ServerSettings;
import java.util.ArrayDeque;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What the connections of one {@link TlsProtocol} share: buffers of plaintext, room for records
 * that are longer than a buffer, scratch space, reports.
 *
 * <p>Safe for use by many threads. A connection that is idle holds none of it.
 */
final class TlsMemory {
    /** The part of the buffers that input leaves to output, so that answers can always go out. */
    private static final int OUTPUT_SHARE = 8;

    /** More than so many threads at once make their own scratch space each time. */
    private static final int SCRATCH_MAX = 64;

    /** However little memory there is to be: fewer and a few slow clients would hold all. */
    private static final long RECORDS_LEAST = 64;

    private final BufferPool slots;
    private final BufferPool records;
    private final int inputReserve;
    private final ArrayDeque<Scratch> scratch = new ArrayDeque<>();
    private final ArrayDeque<TlsSession> waiting = new ArrayDeque<>();
    private final RateLimitedReport reports;
    private int reserved;

    TlsMemory(ServerSettings settings) {
        slots = BufferPool.collected(settings.bufferBytes(), settings.poolBytes());
        records =
                BufferPool.collected(
                        RecordReader.RECORD_BYTES,
                        Math.max(settings.poolBytes(), RECORDS_LEAST * RecordReader.RECORD_BYTES));
        inputReserve = slots.available() / OUTPUT_SHARE;
        reports = new RateLimitedReport(settings.report());
    }

    /** A buffer for what is to be sent, or null if there is none. */
    synchronized @Nullable Buffer leaseForOutput() {
        return slots.available() > reserved ? slots.lease() : null;
    }

    /** Keeps buffers for what is to be sent; false, and none, if there are not so many. */
    synchronized boolean reserve(long buffers) {
        if (slots.available() - reserved < buffers) {
            return false;
        }
        reserved += (int) buffers;
        return true;
    }

    /** One of those that were kept. */
    synchronized Buffer leaseReserved() {
        reserved--;
        return Objects.requireNonNull(slots.lease(), "a buffer that was kept");
    }

    /** A buffer for what was received, or null: then the connection must wait for one. */
    synchronized @Nullable Buffer leaseForInput() {
        return slots.available() > inputReserve + reserved ? slots.lease() : null;
    }

    /**
     * Takes a buffer of either kind back. All that wait are told: one that is told may have no more
     * use for it.
     */
    synchronized void release(Buffer slot) {
        slots.release(slot);
        for (TlsSession next; (next = waiting.poll()) != null; ) {
            next.fedLater();
        }
    }

    /** The connection is told when there may be a buffer for what it receives. */
    synchronized void awaitInput(TlsSession connection) {
        await(connection, inputReserve + 1L);
    }

    /** The connection is told when there may be so many buffers for what it sends. */
    synchronized void awaitOutput(TlsSession connection, long buffers) {
        await(connection, buffers);
    }

    private void await(TlsSession connection, long buffers) {
        // Another thread may have given back, since they were asked for in vain, all that there is.
        if (slots.available() - reserved >= buffers) {
            connection.fedLater();
        } else {
            waiting.add(connection);
        }
    }

    /** The connection is gone. */
    synchronized void forget(TlsSession connection) {
        waiting.removeIf(connection::equals);
    }

    /** Room for a record or for the plaintext of one, or null if there is none. */
    synchronized @Nullable Buffer leaseRecord() {
        return records.lease();
    }

    synchronized void releaseRecord(Buffer record) {
        records.release(record);
    }

    synchronized Scratch leaseScratch() {
        Scratch free = scratch.poll();
        return free == null ? new Scratch() : free;
    }

    synchronized void release(Scratch used) {
        if (scratch.size() < SCRATCH_MAX) {
            scratch.push(used);
        }
    }

    /** Says what may happen often; see {@link RateLimitedReport#report(String, String, long)}. */
    void report(String kind, String sentence, long nowNs) {
        reports.report(kind, sentence, nowNs);
    }
}
