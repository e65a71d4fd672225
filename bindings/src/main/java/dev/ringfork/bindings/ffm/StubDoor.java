// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings.ffm;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.Platform;
import dev.ringfork.bindings.abi.MappingConstants;
import dev.ringfork.bindings.abi.SyscallNumbers;
import dev.ringfork.bindings.calls.Call;
import dev.ringfork.bindings.calls.Door;
import dev.ringfork.bindings.calls.LibraryDoor;
import dev.ringfork.bindings.calls.Native;
import dev.ringfork.bindings.calls.Prototype;
import dev.ringfork.bindings.calls.Shape;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import org.jspecify.annotations.Nullable;

/**
 * Calls by machine code that this class writes: one stub for each system call number, in two pages
 * that are made executable before the first call and never written again.
 *
 * <p>The kernel itself returns {@code -errno}, so nothing has to be captured: this is the cheapest
 * way there is. x86-64 Linux only: elsewhere instructions that were just written have to be
 * synchronised with the instruction cache, which Java cannot do, and {@link LibraryDoor} serves.
 */
final class StubDoor implements Door {

    private static final int STUBS = 512;
    private static final long STUB_BYTES = 16;

    /**
     * The machine code of a stub, first and last eight bytes. The C calling convention and the
     * kernel's differ in one register:
     *
     * <pre>
     * 49 89 ca          mov r10, rcx
     * b8 nn nn nn nn    mov eax, number
     * 0f 05             syscall
     * c3                ret
     * cc cc cc cc cc    int3
     * </pre>
     */
    private static final long STUB_BEGIN = 0xb8ca_8949L;

    private static final long STUB_END = 0xcccc_cccc_ccc3_050fL;

    private final long stubs;
    private final SyscallNumbers numbers = SyscallNumbers.of(Platform.LINUX_X86_64);

    private StubDoor(long stubs) {
        this.stubs = stubs;
    }

    /**
     * Writes the stubs.
     *
     * @param libc the door through which their memory is mapped
     * @throws IllegalStateException if this is not x86-64 Linux, or if it is forbidden to make
     *     written memory executable
     */
    static StubDoor open(Door libc) {
        if (Platform.current() != Platform.LINUX_X86_64) {
            throw new IllegalStateException("stubs are written for x86-64 Linux only");
        }
        long bytes = STUBS * STUB_BYTES;
        int readWrite = MappingConstants.PROT_READ | MappingConstants.PROT_WRITE;
        int flags = MappingConstants.MAP_PRIVATE | MappingConstants.MAP_ANONYMOUS;
        Call mmap = call(libc, Prototype.plain("mmap").wide());
        long stubs = Errno.check("mmap", mmap.call(0, bytes, readWrite, flags, -1, 0), "stubs");
        write(Native.memory(stubs, bytes));
        int readExecute = MappingConstants.PROT_READ | MappingConstants.PROT_EXEC;
        long result =
                call(libc, Prototype.plain("mprotect")).call(stubs, bytes, readExecute, 0, 0, 0);
        if (result < 0) {
            call(libc, Prototype.plain("munmap")).call(stubs, bytes, 0, 0, 0, 0);
            throw new IllegalStateException(
                    "this system forbids making written memory executable (mprotect: %s)"
                            .formatted(Errno.name((int) -result)));
        }
        return new StubDoor(stubs);
    }

    private static void write(MemorySegment memory) {
        for (long number = 0; number < STUBS; number++) {
            long offset = number * STUB_BYTES;
            memory.set(JAVA_LONG, offset, STUB_BEGIN | number << Integer.SIZE);
            memory.set(JAVA_LONG, offset + Long.BYTES, STUB_END);
        }
    }

    private static Call call(Door libc, Prototype prototype) {
        MethodHandle handle = libc.find(prototype);
        if (handle == null) {
            throw new IllegalStateException("the C library has no " + prototype.symbol());
        }
        return new Call(prototype.name(), handle);
    }

    @Override
    public String name() {
        return "stub";
    }

    @Override
    public @Nullable MethodHandle find(Prototype call) {
        if (!call.systemCall() || !numbers.has(call.name())) {
            return null;
        }
        MemorySegment stub =
                MemorySegment.ofAddress(stubs + numbers.number(call.name()) * STUB_BYTES);
        return FfmFunctions.link(stub, Shape.settled(Native.ARGUMENTS, call.critical()));
    }
}
