// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.master;

/**
 * How many workers may be started: one in the first second in which some are needed, twice as many
 * in each second after it, up to 32. So a short rush starts few, and a long one is soon met.
 * Confined to the master's thread.
 */
final class SpawnRate {
    static final long SECOND_NS = 1_000_000_000L;
    static final int MOST = 32;

    private int rate;
    private int left;
    private long beganNs;

    /** Takes up to so many starts, at least one, of those that are allowed now. */
    int take(int needed, long nowNs) {
        long elapsedNs = nowNs - beganNs;
        if (rate == 0 || elapsedNs >= 2 * SECOND_NS) {
            begin(1, nowNs);
        } else if (elapsedNs >= SECOND_NS) {
            begin(Math.min(rate * 2, MOST), nowNs);
        }
        int taken = Math.min(needed, left);
        left -= taken;
        return taken;
    }

    private void begin(int rate, long nowNs) {
        this.rate = rate;
        left = rate;
        beganNs = nowNs;
    }

    /** When more are allowed; meant for whoever did not get as many as were needed. */
    long nextNs() {
        return beganNs + SECOND_NS;
    }
}
