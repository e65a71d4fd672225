// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.HexFormat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The layout of messages on platforms that the tests do not run on. */
class MessageTest {

    private static final Message.Shape LINUX = Message.Shape.of(Platform.LINUX_AARCH64);
    private static final Message.Shape MACOS = Message.Shape.of(Platform.MACOS_AARCH64);

    private final Arena arena = Arena.ofConfined();

    @AfterEach
    void freeMemory() {
        arena.close();
    }

    private static String hex(MemorySegment memory, long from, long bytes) {
        return HexFormat.of().formatHex(memory.asSlice(from, bytes).toArray(JAVA_BYTE));
    }

    @Test
    void shouldNeedTheRoomThatCmsgSpaceGives() {
        assertEquals(56 + 16 + 24, Message.bytes(LINUX, 1, 1));
        assertEquals(56 + 32 + 32, Message.bytes(LINUX, 2, 3));
        assertEquals(48 + 16 + 16, Message.bytes(MACOS, 1, 1));
        assertEquals(48 + 32 + 24, Message.bytes(MACOS, 2, 3));
        assertEquals(48, Message.bytes(MACOS, 0, 0));
    }

    @Test
    void shouldLayOutDescriptorsAsLinuxDoes() {
        MemorySegment memory = arena.allocate(Message.bytes(LINUX, 1, 2), 8);
        memory.fill((byte) 0xee);
        Message message = new Message(LINUX, memory, 1, 2);
        message.buffer(0x1122, 0x33).putRight(7).putRight(8);

        assertEquals("0000000000000000" + "00000000", hex(memory, 0, 12));
        assertEquals("0100000000000000", hex(memory, 24, 8));
        assertEquals("1800000000000000" + "00000000", hex(memory, 40, 12));
        assertEquals("2211000000000000" + "3300000000000000", hex(memory, 56, 16));
        assertEquals(
                "1800000000000000" + "01000000" + "01000000" + "07000000" + "08000000",
                hex(memory, 72, 24));
        assertEquals(2, message.rightsCount());
        assertEquals(8, message.right(1));
    }

    @Test
    void shouldLayOutDescriptorsAsMacosDoes() {
        MemorySegment memory = arena.allocate(Message.bytes(MACOS, 1, 2), 8);
        memory.fill((byte) 0xee);
        Message message = new Message(MACOS, memory, 1, 2);
        message.buffer(0x1122, 0x33).putRight(7).putRight(8);

        assertEquals("01000000", hex(memory, 24, 4));
        assertEquals("14000000" + "00000000", hex(memory, 40, 8));
        assertEquals("2211000000000000" + "3300000000000000", hex(memory, 48, 16));
        assertEquals(
                "14000000" + "ffff0000" + "01000000" + "07000000" + "08000000",
                hex(memory, 64, 20));
        assertEquals(2, message.rightsCount());
        assertEquals(7, message.right(0));
    }

    @Test
    void shouldSkipOtherAncillaryDataAndSurviveNonsense() {
        MemorySegment memory = arena.allocate(Message.bytes(LINUX, 0, 20), 8);
        Message message = new Message(LINUX, memory, 0, 20).expectRights();
        MemorySegment control = memory.asSlice(56);
        // Credentials (type 2), then one descriptor, then a length beyond the end.
        copy(control, 0, "1c00000000000000" + "01000000" + "02000000");
        copy(control, 32, "1400000000000000" + "01000000" + "01000000" + "2a000000");
        assertEquals(1, message.rightsCount());
        assertEquals(42, message.right(0));
        copy(control, 32, "ffffff7f00000000" + "01000000" + "01000000");
        assertEquals((int) ((control.byteSize() - 48) / 4), message.rightsCount());
        copy(control, 0, "0000000000000000");
        assertThrows(IndexOutOfBoundsException.class, () -> message.right(99));
    }

    private static void copy(MemorySegment to, long offset, String hex) {
        byte[] bytes = HexFormat.of().parseHex(hex);
        MemorySegment.copy(bytes, 0, to, JAVA_BYTE, offset, bytes.length);
    }

    @Test
    void shouldRefuseMoreThanItHolds() {
        Message message = new Message(arena.allocate(Message.bytes(1, 1), 8), 1, 1);
        message.buffer(1, 1).putRight(0);
        assertThrows(IllegalStateException.class, () -> message.buffer(1, 1));
        assertThrows(IllegalStateException.class, () -> message.putRight(0));
        assertThrows(
                IllegalArgumentException.class,
                () -> new Message(arena.allocate(4096, 8), 1, Message.RIGHTS_MAX + 1));
    }
}
