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
import java.util.ArrayList;
import java.util.List;

/**
 * A program that the kernel runs on packets for a socket, in the classic language of its filters:
 * SO_ATTACH_FILTER of socket(7). Confined to one thread.
 */
final class FilterProgram {
    // Of linux/filter.h: class, size and mode of an instruction in one number.
    static final short LOAD_WORD = 0x20;
    static final short LOAD_BYTE = 0x30;
    static final short MODULO = 0x94;
    static final short JUMP_IF_EQUAL = 0x15;
    static final short JUMP_IF_SET = 0x45;
    static final short RETURN = 0x06;

    // struct sock_filter: code, two ways to jump, an operand; and struct sock_fprog around them.
    private static final int INSTRUCTION_BYTES = 8;
    private static final int PROGRAM_BYTES = 16;

    private final List<Instruction> instructions = new ArrayList<>();

    /** How many instructions a jump passes over is {@code otherwise}, where its test fails. */
    private record Instruction(short what, int otherwise, int operand) {}

    /** Adds an instruction. */
    FilterProgram then(short what, int operand) {
        instructions.add(new Instruction(what, 0, operand));
        return this;
    }

    /** Adds a test, and an answer that is given only where it holds. */
    FilterProgram answerIf(short test, int operand, int answer) {
        instructions.add(new Instruction(test, 1, operand));
        return then(RETURN, answer);
    }

    /**
     * Has the kernel run it from now on, in place of the one before it.
     *
     * @param option for which of its decisions
     * @return 0, or {@code -errno} where the kernel has no such filters
     */
    int attach(Sockets sockets, int fd, int option) {
        try (Arena arena = Arena.ofConfined()) {
            long bytes = (long) instructions.size() * INSTRUCTION_BYTES;
            MemorySegment code = arena.allocate(bytes, INSTRUCTION_BYTES);
            long offset = 0;
            for (Instruction instruction : instructions) {
                code.set(JAVA_SHORT, offset, instruction.what);
                code.set(JAVA_BYTE, offset + 3, (byte) instruction.otherwise);
                code.set(JAVA_INT, offset + 4, instruction.operand);
                offset += INSTRUCTION_BYTES;
            }
            MemorySegment program = arena.allocate(PROGRAM_BYTES, 8);
            program.set(JAVA_SHORT, 0, (short) instructions.size());
            program.set(ADDRESS, 8, code);
            return sockets.setsockopt(
                    fd, SocketConstants.SOL_SOCKET, option, program, PROGRAM_BYTES);
        }
    }

    /**
     * Has the kernel run none any more.
     *
     * @param option that takes off what another one has attached
     * @return 0, or {@code -errno}: {@code -ENOENT} where there was none
     */
    static int detach(Sockets sockets, int fd, int option) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment ignored = arena.allocate(JAVA_INT);
            return sockets.setsockopt(
                    fd, SocketConstants.SOL_SOCKET, option, ignored, Integer.BYTES);
        }
    }
}
