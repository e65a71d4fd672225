// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.master;

import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * When a worker has done enough. Each gets limits of its own, by chance a little above what was
 * set, so that workers of the same age are not all due at once. Confined to the master's thread.
 */
final class Recycling {
    /** By what part of the age a worker may be older. */
    private static final int AGE_JITTER = 10;

    private final MasterSettings settings;
    private final RandomGenerator random;

    Recycling(MasterSettings settings, RandomGenerator random) {
        this.settings = settings;
        this.random = random;
    }

    /** How many requests the next worker answers, {@code Long.MAX_VALUE} for no limit. */
    long requestsMost() {
        return settings.maxRequests() == 0
                ? Long.MAX_VALUE
                : settings.maxRequests() + random.nextLong(settings.maxRequestsJitter() + 1);
    }

    /** How long the next worker serves, {@code Long.MAX_VALUE} for ever. */
    long ageMostNs() {
        long ageNs = settings.maxAge().toNanos();
        return ageNs == 0 ? Long.MAX_VALUE : ageNs + random.nextLong(ageNs / AGE_JITTER + 1);
    }

    /** Why a worker is to be replaced, or null if it is not. */
    @Nullable String due(WorkerHandle worker, long nowNs) {
        if (worker.requests >= worker.requestsMost) {
            return "it has answered %d requests".formatted(worker.requests);
        }
        if (nowNs - worker.readyNs >= worker.ageMostNs) {
            return "it is %d s old".formatted((nowNs - worker.readyNs) / 1_000_000_000L);
        }
        if (settings.maxMemoryBytes() > 0 && worker.memoryBytes >= settings.maxMemoryBytes()) {
            return "it takes %d MB".formatted(worker.memoryBytes >> 20);
        }
        return null;
    }
}
