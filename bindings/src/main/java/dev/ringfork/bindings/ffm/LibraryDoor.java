// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings.ffm;

import dev.ringfork.bindings.Platform;
import dev.ringfork.bindings.abi.SyscallNumbers;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import org.jspecify.annotations.Nullable;

/**
 * Calls by libringfork's {@code rf_syscall6}, which takes the number and six arguments and returns
 * {@code -errno}.
 *
 * <p>For Linux systems that refuse {@link StubDoor} its pages, and for those on 64-bit Arm, where
 * it has not run yet. Its cost could not be told from a stub's.
 */
final class LibraryDoor implements Door {

    private static final String ENTRY = "rf_syscall6";
    private static final Linker.Option CRITICAL = Linker.Option.critical(false);

    private final MemorySegment entry;
    private final SyscallNumbers numbers;

    private LibraryDoor(MemorySegment entry, Platform platform) {
        this.entry = entry;
        this.numbers = SyscallNumbers.of(platform);
    }

    /**
     * Loads libringfork.
     *
     * @throws IllegalStateException if this is not Linux, or the library cannot be had: the message
     *     says why
     */
    static LibraryDoor open() {
        Platform platform = Platform.current();
        if (!platform.linux()) {
            throw new IllegalStateException("libringfork makes system calls on Linux only");
        }
        return new LibraryDoor(RingforkLibrary.find(ENTRY), platform);
    }

    @Override
    public String name() {
        return "library";
    }

    @Override
    public @Nullable MethodHandle find(Prototype call) {
        if (call.result() == Prototype.Result.ERROR || !numbers.has(call.name())) {
            return null;
        }
        int arguments = Native.ARGUMENTS + 1;
        MethodHandle handle =
                call.critical()
                        ? Native.downcall(entry, arguments, CRITICAL)
                        : Native.downcall(entry, arguments);
        return MethodHandles.insertArguments(handle, 0, (long) numbers.number(call.name()));
    }
}
