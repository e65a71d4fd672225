// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings.calls;

import dev.ringfork.bindings.Platform;
import dev.ringfork.bindings.abi.Symbols;
import dev.ringfork.bindings.abi.SyscallNumbers;
import dev.ringfork.bindings.abi.Variadic;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import org.jspecify.annotations.Nullable;

/**
 * Calls through the functions of the C library.
 *
 * <p>The only door on macOS, whose system calls have no stable numbers, and for functions that are
 * no system calls.
 */
public final class LibcDoor implements Door {

    private final Functions libc;
    private final Symbols symbols;
    private final SyscallNumbers numbers;

    /** The door to a platform's C library. */
    public LibcDoor(Functions libc, Platform platform) {
        this.libc = libc;
        symbols = Symbols.of(platform);
        numbers = SyscallNumbers.of(platform);
    }

    @Override
    public String name() {
        return "libc";
    }

    @Override
    public @Nullable MethodHandle find(Prototype call) {
        String symbol = call.symbol();
        MethodHandle function =
                symbols.has(symbol) ? libc.find(symbols.name(symbol), call.shape()) : null;
        // An older C library than the kernel: its function that makes any call by number.
        return function == null && numbers.has(call.name()) ? bySyscall(call) : function;
    }

    private @Nullable MethodHandle bySyscall(Prototype call) {
        Shape shape =
                new Shape(
                        Native.ARGUMENTS + 1,
                        Shape.Result.LONG,
                        Variadic.firstArgument("syscall"),
                        call.critical());
        MethodHandle syscall = libc.find("syscall", shape);
        return syscall == null
                ? null
                : MethodHandles.insertArguments(syscall, 0, (long) numbers.number(call.name()));
    }
}
