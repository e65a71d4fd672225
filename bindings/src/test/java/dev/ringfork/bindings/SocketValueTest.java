// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;

class SocketValueTest {

    @Test
    void shouldTellAKernelThatKnowsOnAndOffNothingElse() {
        MemorySegment memory = Arena.ofAuto().allocate(JAVA_INT);

        SocketValue.ANY_BUT_ZERO.write(memory, 256);
        assertEquals(1, memory.get(JAVA_INT, 0));

        SocketValue.ANY_BUT_ZERO.write(memory, 0);
        assertEquals(0, memory.get(JAVA_INT, 0));
    }
}
