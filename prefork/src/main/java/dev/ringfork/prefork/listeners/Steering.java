// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.listeners;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.ringfork.bindings.Sockets;
import dev.ringfork.bindings.abi.SocketConstants;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.BitSet;

/**
 * Tells the kernel which of the listeners at a port are to get connections from now on: a filter
 * that deals out at random among some of them, {@code SO_ATTACH_REUSEPORT_CBPF} of socket(7).
 *
 * <p>Those that are left out keep what they have in their queues. Listeners count from 0 in the
 * order in which they began to listen.
 */
final class Steering {
    // Of linux/filter.h: class, size and mode of an instruction in one number.
    private static final short LOAD_WORD = 0x20;
    private static final short MODULO = 0x94;
    private static final short JUMP_IF_EQUAL = 0x15;
    private static final short RETURN = 0x06;

    /** A place in the packet where there is none: a random number, SKF_AD_OFF + SKF_AD_RANDOM. */
    private static final int RANDOM = -0x1000 + 56;

    /** An answer beyond all listeners has the kernel choose. */
    private static final int ANY = -1;

    // struct sock_filter: code, two ways to jump, an operand; and struct sock_fprog around them.
    private static final int INSTRUCTION_BYTES = 8;
    private static final int PROGRAM_BYTES = 16;

    private Steering() {}

    /**
     * Has connections go to some of the listeners of a port.
     *
     * @param listener any of them
     * @param some at least one
     * @return 0, or {@code -errno} where the kernel has no such filters
     */
    static int steer(Sockets sockets, int listener, BitSet some) {
        int length = 3 + 2 * some.cardinality();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment code = arena.allocate((long) length * INSTRUCTION_BYTES, 8);
            put(code, 0, LOAD_WORD, 0, RANDOM);
            put(code, 1, MODULO, 0, some.cardinality());
            int at = 2;
            int nth = 0;
            for (int index = some.nextSetBit(0); index >= 0; index = some.nextSetBit(index + 1)) {
                // The next instruction if it is the nth, else the one behind that.
                put(code, at++, JUMP_IF_EQUAL, 1, nth++);
                put(code, at++, RETURN, 0, index);
            }
            put(code, at, RETURN, 0, ANY);
            MemorySegment program = arena.allocate(PROGRAM_BYTES, 8);
            program.set(JAVA_SHORT, 0, (short) length);
            program.set(ADDRESS, 8, code);
            return sockets.setsockopt(
                    listener,
                    SocketConstants.SOL_SOCKET,
                    SocketConstants.SO_ATTACH_REUSEPORT_CBPF,
                    program,
                    PROGRAM_BYTES);
        }
    }

    private static void put(MemorySegment code, int at, short what, int otherwise, int operand) {
        long offset = (long) at * INSTRUCTION_BYTES;
        code.set(JAVA_SHORT, offset, what);
        code.set(JAVA_BYTE, offset + 2, (byte) 0);
        code.set(JAVA_BYTE, offset + 3, (byte) otherwise);
        code.set(JAVA_INT, offset + 4, operand);
    }

    /**
     * Has the kernel deal out among all again, as it does without a filter.
     *
     * @return 0, or {@code -errno}
     */
    static int release(Sockets sockets, int listener) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment nothing = arena.allocate(JAVA_INT);
            return sockets.setsockopt(
                    listener,
                    SocketConstants.SOL_SOCKET,
                    SocketConstants.SO_DETACH_REUSEPORT_BPF,
                    nothing,
                    Integer.BYTES);
        }
    }
}
