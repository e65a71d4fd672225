// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings.calls;

import dev.ringfork.bindings.Platform;
import dev.ringfork.bindings.abi.SyscallNumbers;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Calls by libringfork's {@code rf_syscall6}, which takes the number and six arguments and returns
 * {@code -errno}. Linux only.
 */
public final class LibraryDoor implements Door {

    private static final String ENTRY = "rf_syscall6";

    private final Function<Shape, MethodHandle> entry;
    private final SyscallNumbers numbers;

    /**
     * The door of a provider that has its own way to the function.
     *
     * @param entry the number and six arguments to the result or {@code -errno}
     */
    public LibraryDoor(Function<Shape, MethodHandle> entry, Platform platform) {
        this.entry = entry;
        this.numbers = SyscallNumbers.of(platform);
    }

    /**
     * Loads libringfork.
     *
     * @throws IllegalStateException if this is not Linux, or the library cannot be had: the message
     *     says why
     */
    public static LibraryDoor open(RingforkLibrary library) {
        Platform platform = Platform.current();
        if (!platform.linux()) {
            throw new IllegalStateException("libringfork makes system calls on Linux only");
        }
        library.functions();
        return new LibraryDoor(shape -> library.find(ENTRY, shape), platform);
    }

    @Override
    public String name() {
        return "library";
    }

    @Override
    public @Nullable MethodHandle find(Prototype call) {
        if (!call.systemCall() || !numbers.has(call.name())) {
            return null;
        }
        Shape shape = Shape.settled(Native.ARGUMENTS + 1, call.critical());
        return MethodHandles.insertArguments(
                entry.apply(shape), 0, (long) numbers.number(call.name()));
    }
}
