// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import dev.ringfork.reactor.protocol.Buffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class BufferPoolTest {

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 8, 9, 100})
    void shouldLeaseAsManyAsItsBoundAllows(int slots) {
        try (BufferPool pool = new BufferPool(64, slots * 64L + 63)) {
            assertEquals(slots, pool.available());
            Set<Long> addresses = new HashSet<>();
            for (int left = slots; left > 0; left--) {
                assertEquals(left, pool.available());
                Buffer buffer = pool.lease();
                assertNotNull(buffer);
                assertEquals(64, buffer.capacity());
                addresses.add(buffer.address());
            }

            assertEquals(slots, addresses.size(), "no memory is leased twice");
            assertEquals(0, pool.available());
            assertNull(pool.lease());
        }
    }

    @Test
    void shouldGrantOneSlotAtLeast() {
        try (BufferPool pool = new BufferPool(64, 1)) {
            assertNotNull(pool.lease());
            assertNull(pool.lease());
        }
    }

    @Test
    void shouldLeaseAgainWhatWasReleasedLastAndEmpty() {
        try (BufferPool pool = new BufferPool(64, 1024)) {
            Buffer buffer = pool.lease();
            assertNotNull(buffer);
            buffer.produced(10);
            buffer.consume(3);

            pool.release(buffer);

            assertSame(buffer, pool.lease());
            assertEquals(0, buffer.length());
            assertEquals(64, buffer.room());
        }
    }

    @Test
    void shouldTakeAllBack() {
        try (BufferPool pool = new BufferPool(64, 20 * 64)) {
            for (int round = 0; round < 3; round++) {
                List<Buffer> leased = new ArrayList<>();
                for (Buffer buffer = pool.lease(); buffer != null; buffer = pool.lease()) {
                    leased.add(buffer);
                }
                assertEquals(20, leased.size());
                leased.forEach(pool::release);
                assertEquals(20, pool.available());
            }
        }
    }

    @Test
    void shouldCloseTwice() {
        BufferPool pool = new BufferPool(64, 64);
        pool.lease();

        pool.close();
        pool.close();
    }
}
