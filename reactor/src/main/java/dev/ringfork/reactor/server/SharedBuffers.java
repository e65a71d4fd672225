// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.server;

import dev.ringfork.reactor.BufferPool;
import dev.ringfork.reactor.BufferSource;
import dev.ringfork.reactor.Reactor;
import dev.ringfork.reactor.protocol.Buffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One pool for many loops, each with its own {@link #share}.
 *
 * <p>Dividing the memory among hundreds of loops would leave each with less than one answer may
 * need, and giving each the whole would multiply the bound; so they lease from one pool, under a
 * lock that costs little beside the calls that the buffers are leased for.
 *
 * <p>Safe for use by many threads; a share is its loop's.
 */
final class SharedBuffers implements AutoCloseable {
    private final BufferPool pool;
    private final ArrayList<Runnable> waiting = new ArrayList<>();

    /** Takes over a pool. */
    SharedBuffers(BufferPool pool) {
        this.pool = pool;
    }

    /** What one loop leases through. */
    BufferSource share(Reactor reactor) {
        return share(reactor::wakeup);
    }

    /** What one user leases through, who is woken by this. */
    BufferSource share(Runnable wakeup) {
        return new Share(wakeup);
    }

    private synchronized int available() {
        return pool.available();
    }

    private synchronized @Nullable Buffer lease() {
        return pool.lease();
    }

    private synchronized boolean reserve(long count, ArrayDeque<Buffer> into) {
        if (count > pool.available()) {
            return false;
        }
        for (long i = 0; i < count; i++) {
            Buffer buffer = pool.lease();
            if (buffer == null) {
                throw new AssertionError("the pool has fewer buffers than it said");
            }
            into.add(buffer);
        }
        return true;
    }

    private void release(Buffer buffer) {
        giveBack(buffer).forEach(Runnable::run);
    }

    /** Who is to be woken; outside of the lock, since that is a call. */
    private synchronized List<Runnable> giveBack(Buffer buffer) {
        pool.release(buffer);
        if (waiting.isEmpty()) {
            return List.of();
        }
        List<Runnable> woken = List.copyOf(waiting);
        waiting.clear();
        return woken;
    }

    private synchronized void await(Runnable wakeup) {
        if (!waiting.contains(wakeup)) {
            waiting.add(wakeup);
        }
    }

    /** Gives all memory back to the system, when the loops have ended. */
    @Override
    public synchronized void close() {
        pool.close();
    }

    /** Confined to its loop's thread. */
    private final class Share implements BufferSource {
        private final Runnable wakeup;
        private final ArrayDeque<Buffer> reserved = new ArrayDeque<>();

        private Share(Runnable wakeup) {
            this.wakeup = wakeup;
        }

        @Override
        public int slotBytes() {
            return pool.slotBytes();
        }

        @Override
        public int slotsMax() {
            return pool.slotsMax();
        }

        @Override
        public int available() {
            return SharedBuffers.this.available() + reserved.size();
        }

        @Override
        public @Nullable Buffer lease() {
            Buffer own = reserved.poll();
            return own == null ? SharedBuffers.this.lease() : own;
        }

        @Override
        public boolean reserve(long count) {
            // The usual write goes into the buffer that is there.
            return count <= reserved.size()
                    || SharedBuffers.this.reserve(count - reserved.size(), reserved);
        }

        @Override
        public void release(Buffer buffer) {
            SharedBuffers.this.release(buffer);
        }

        @Override
        public void wakeOnRelease() {
            await(wakeup);
        }

        @Override
        public void close() {
            reserved.forEach(SharedBuffers.this::release);
            reserved.clear();
        }
    }
}
