// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.command;

import static dev.ringfork.bindings.abi.ProcessConstants.PR_SET_NO_NEW_PRIVS;
import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.Syscalls;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * Has the kernel refuse io_uring as it does in many containers: by a filter of seccomp(2), on one
 * thread and on what that starts.
 */
final class RingFilter {
    private static final int PR_SET_SECCOMP = 22;
    private static final long SECCOMP_MODE_FILTER = 2;

    // The three calls have the same numbers on all processors.
    private static final int IO_URING_SETUP = 425;
    private static final int IO_URING_REGISTER = 427;

    // Instructions of a filter: load a word, jump, return.
    private static final int LOAD = 0x20;
    private static final int JUMP_IF_GREATER_OR_EQUAL = 0x35;
    private static final int JUMP_IF_GREATER = 0x25;
    private static final int RETURN = 0x06;
    private static final int REFUSE = 0x0005_0000;
    private static final int ALLOW = 0x7fff_0000;

    private static final int INSTRUCTIONS = 5;
    private static final int INSTRUCTION_BYTES = 8;

    private RingFilter() {}

    /** Calls something on a thread for which the three calls of io_uring fail with this errno. */
    static <T> T refusing(int errno, Callable<T> body) throws Exception {
        FutureTask<T> task =
                new FutureTask<>(() -> {
                    install(errno);
                    return body.call();
                });
        Thread.ofPlatform().name("without rings").start(task);
        try {
            return task.get();
        } catch (ExecutionException e) {
            throw new AssertionError("on the thread without rings", e.getCause());
        }
    }

    private static void install(int errno) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment filter = arena.allocate(INSTRUCTIONS * INSTRUCTION_BYTES, Long.BYTES);
            put(filter, 0, LOAD, 0, 0, 0);
            put(filter, 1, JUMP_IF_GREATER_OR_EQUAL, 0, 2, IO_URING_SETUP);
            put(filter, 2, JUMP_IF_GREATER, 1, 0, IO_URING_REGISTER);
            put(filter, 3, RETURN, 0, 0, REFUSE | errno);
            put(filter, 4, RETURN, 0, 0, ALLOW);
            MemorySegment program = arena.allocate(ADDRESS.byteSize() * 2, ADDRESS.byteSize());
            program.set(JAVA_SHORT, 0, (short) INSTRUCTIONS);
            program.set(ADDRESS, ADDRESS.byteSize(), filter);
            call(PR_SET_NO_NEW_PRIVS, 1, 0);
            call(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, program.address());
        }
    }

    private static void put(
            MemorySegment filter, int index, int code, int ifTrue, int ifFalse, int value) {
        MemorySegment instruction =
                filter.asSlice((long) index * INSTRUCTION_BYTES, INSTRUCTION_BYTES);
        instruction.set(JAVA_SHORT, 0, (short) code);
        instruction.set(JAVA_BYTE, 2, (byte) ifTrue);
        instruction.set(JAVA_BYTE, 3, (byte) ifFalse);
        instruction.set(JAVA_INT, Integer.BYTES, value);
    }

    private static void call(int option, long first, long second) {
        int result = Syscalls.get().processes().prctl(option, first, second, 0, 0);
        Errno.check("prctl", result, option);
    }
}
