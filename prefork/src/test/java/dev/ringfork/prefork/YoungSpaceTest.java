// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryUsage;
import org.junit.jupiter.api.Test;

final class YoungSpaceTest {
    private static final int OBJECT_BYTES = 16 * 1024;

    private final YoungSpace young = new YoungSpace();
    private final MemoryPoolMXBean eden =
            ManagementFactory.getMemoryPoolMXBeans().stream()
                    .filter(pool -> pool.getName().contains("Eden"))
                    .findFirst()
                    .orElseThrow();
    private volatile byte[] latest = {};

    private static long collections() {
        return ManagementFactory.getGarbageCollectorMXBeans().stream()
                .mapToLong(GarbageCollectorMXBean::getCollectionCount)
                .sum();
    }

    @Test
    void shouldBeEmptiedWhenHalfOfItIsUsed() {
        young.empty();
        MemoryUsage usage = eden.getUsage();
        while (usage.getUsed() <= usage.getCommitted() / 2) {
            latest = new byte[OBJECT_BYTES];
            usage = eden.getUsage();
        }
        long before = collections();

        young.emptyIfCrowded();

        assertTrue(collections() > before, "it is as full as before");
        assertEquals(OBJECT_BYTES, latest.length);
    }

    @Test
    void shouldBeLeftAloneWhileLittleOfItIsUsed() {
        young.empty();
        long before = collections();

        young.emptyIfCrowded();

        assertEquals(before, collections());
    }
}
