// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * Notices turns that took too long: a handler blocked, or the machine was short of CPU.
 *
 * <p>Told by the loop's thread; the count may be read by any.
 */
final class StallDetector {
    /** At most one report in this time; the count goes on. */
    private static final long REPORT_INTERVAL_NS = 5_000_000_000L;

    private final long thresholdNs;
    private final Consumer<String> report;
    private final AtomicLong count = new AtomicLong();
    private long reportedNs = -REPORT_INTERVAL_NS;

    StallDetector(long thresholdNs, Consumer<String> report) {
        this.thresholdNs = thresholdNs;
        this.report = report;
    }

    long count() {
        return count.get();
    }

    /** A turn that began then has ended now. */
    void turnEnded(long beganNs) {
        long nowNs = Clock.nowNs();
        long tookNs = nowNs - beganNs;
        if (tookNs < thresholdNs) {
            return;
        }
        count.incrementAndGet();
        if (nowNs - reportedNs >= REPORT_INTERVAL_NS) {
            reportedNs = nowNs;
            report.accept(
                    "the loop stalled for %d ms: a handler blocks, or the machine is short of CPU"
                            .formatted(tookNs / 1_000_000));
        }
    }
}
