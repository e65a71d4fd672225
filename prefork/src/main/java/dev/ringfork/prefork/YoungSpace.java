// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryUsage;
import java.util.List;

/**
 * Where new objects are made, in a process that others are copies of. A copy goes on with what is
 * left of it: with little, it would collect before its first answer, and have pages of its own from
 * then on.
 */
final class YoungSpace {
    /** None where the collector has no such space. */
    private final List<MemoryPoolMXBean> pools =
            ManagementFactory.getMemoryPoolMXBeans().stream()
                    .filter(pool -> pool.getName().contains("Eden"))
                    .toList();

    /** Empties it, by a full collection: what lives is moved out, and together. */
    void empty() {
        System.gc();
    }

    /** Empties it if half of it is used. */
    void emptyIfCrowded() {
        if (pools.stream().map(MemoryPoolMXBean::getUsage).anyMatch(YoungSpace::crowded)) {
            empty();
        }
    }

    private static boolean crowded(MemoryUsage usage) {
        return usage.getUsed() > usage.getCommitted() / 2;
    }
}
