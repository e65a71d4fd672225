// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.server;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Reports of things that may happen thousands of times a second: each kind is said once in a while,
 * with how often it has happened since.
 *
 * <p>Safe for use by many threads: the loops of a server share one, so that what happens to all of
 * them is still said once.
 */
public final class RateLimitedReport {
    private static final long INTERVAL_NS = 5_000_000_000L;

    private final Consumer<String> sink;
    private final Map<String, Kind> kinds = new HashMap<>();

    /**
     * Says nothing yet.
     *
     * @param sink receives the sentences
     */
    public RateLimitedReport(Consumer<String> sink) {
        this.sink = sink;
    }

    /**
     * Says it, or counts it if it was said lately.
     *
     * @param kind the sentence; one that varies without bound needs a kind of its own
     */
    public void report(String kind, long nowNs) {
        report(kind, kind, nowNs);
    }

    /**
     * The same for a sentence that varies, with a number in it for instance.
     *
     * @param kind what is counted as the same; there may be few of them
     */
    public synchronized void report(String kind, String sentence, long nowNs) {
        Kind known = kinds.computeIfAbsent(kind, any -> new Kind(nowNs - INTERVAL_NS));
        known.unsaid++;
        if (nowNs - known.saidNs >= INTERVAL_NS) {
            sink.accept(known.unsaid == 1 ? sentence : sentence + " (" + known.unsaid + " times)");
            known.saidNs = nowNs;
            known.unsaid = 0;
        }
    }

    private static final class Kind {
        private long saidNs;
        private long unsaid;

        Kind(long saidNs) {
            this.saidNs = saidNs;
        }
    }
}
