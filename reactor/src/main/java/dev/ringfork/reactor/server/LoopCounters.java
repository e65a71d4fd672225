// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.server;

import java.util.concurrent.atomic.AtomicLong;

/** What one loop has counted. Counted by its thread only; read by any. */
final class LoopCounters {
    final Counter accepted = new Counter();
    final Counter closed = new Counter();
    final Counter cut = new Counter();
    final Counter shed = new Counter();
    final Counter dismissed = new Counter();
    final Counter exhausted = new Counter();
    final Counter starved = new Counter();
    final Counter overflows = new Counter();
    final Counter bytesIn = new Counter();
    final Counter bytesOut = new Counter();
    final Counter wakeups = new Counter();
    final Counter emptyWakeups = new Counter();
    final Counter accepts = new Counter();
    final Counter emptyAccepts = new Counter();

    /** When bytes moved last, of any connection; kept only where there is a {@link SoftLimit}. */
    final Counter movedNs = new Counter();

    /** A number with one writer: no atomic instruction is needed to add to it. */
    static final class Counter {
        private final AtomicLong value = new AtomicLong();

        void add(long amount) {
            // Opaque: readers see whole values, soon; nothing else is ordered by it.
            value.setOpaque(value.getPlain() + amount);
        }

        void set(long number) {
            value.setOpaque(number);
        }

        void increment() {
            add(1);
        }

        long get() {
            return value.getOpaque();
        }
    }
}
