// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings.ffm;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.ringfork.bindings.Platform;
import dev.ringfork.bindings.abi.Symbols;
import dev.ringfork.bindings.abi.SyscallNumbers;
import dev.ringfork.bindings.abi.Variadic;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Calls through the functions of the C library, with errno captured in memory of the thread.
 *
 * <p>The only door on macOS, whose system calls have no stable numbers, and for functions that are
 * no system calls. Some ten nanoseconds dearer than a bare call. The linker makes a short-lived
 * object for each capture, which the JIT compiler removes from most callers, once it has seen them;
 * whether it does is its choice.
 */
final class LibcDoor implements Door {

    private static final Linker.Option CAPTURE = Linker.Option.captureCallState("errno");
    private static final Linker.Option CRITICAL = Linker.Option.critical(false);
    private static final long ERRNO =
            Linker.Option.captureStateLayout().byteOffset(PathElement.groupElement("errno"));

    private final Symbols symbols;
    private final SyscallNumbers numbers;

    LibcDoor(Platform platform) {
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
        MemorySegment function =
                symbols.has(symbol) ? Native.find(symbols.name(symbol)) : MemorySegment.NULL;
        if (function.address() != 0) {
            return link(function, call, Variadic.firstArgument(symbol));
        }
        // An older C library than the kernel: its function that makes any call by number.
        return numbers.has(call.name()) ? bySyscall(call) : null;
    }

    private MethodHandle bySyscall(Prototype call) {
        int variadic = Variadic.firstArgument("syscall");
        MethodHandle syscall =
                Native.downcall(
                        Native.find("syscall"), Native.ARGUMENTS + 1, options(call, variadic));
        long number = numbers.number(call.name());
        return settling(MethodHandles.insertArguments(syscall, 1, number), "settleLong");
    }

    private static MethodHandle link(MemorySegment function, Prototype call, int variadic) {
        if (call.result() == Prototype.Result.ERROR) {
            MethodHandle handle = Native.downcall(function, Native.ARGUMENTS);
            return MethodHandles.filterReturnValue(handle, mine("settleError", long.class));
        }
        MethodHandle handle = Native.downcall(function, Native.ARGUMENTS, options(call, variadic));
        boolean wide = call.result() == Prototype.Result.LONG;
        return settling(handle, wide ? "settleLong" : "settleInt");
    }

    private static Linker.Option[] options(Prototype call, int variadic) {
        List<Linker.Option> options = new ArrayList<>(List.of(CAPTURE));
        if (call.critical()) {
            options.add(CRITICAL);
        }
        if (variadic != Variadic.NONE) {
            options.add(Linker.Option.firstVariadicArg(variadic));
        }
        return options.toArray(Linker.Option[]::new);
    }

    /**
     * Turns (state, six longs) to -1 and errno into six longs to -errno: the thread's state goes
     * in, the result and the state come out to be settled.
     */
    private static MethodHandle settling(MethodHandle capturing, String settle) {
        MethodHandle settled = mine(settle, long.class, MemorySegment.class);
        settled = MethodHandles.dropArguments(settled, 2, Native.TYPE.parameterList());
        return MethodHandles.foldArguments(
                MethodHandles.foldArguments(settled, capturing), ThreadMemory.stateHandle());
    }

    private static MethodHandle mine(String name, Class<?>... arguments) {
        return Native.method(
                MethodHandles.lookup(), name, MethodType.methodType(long.class, arguments));
    }

    /** The upper half of an int result is whatever the register held. */
    static long settleInt(long result, MemorySegment state) {
        return (int) result == -1 ? -state.get(JAVA_INT, ERRNO) : (int) result;
    }

    static long settleLong(long result, MemorySegment state) {
        return result == -1 ? -state.get(JAVA_INT, ERRNO) : result;
    }

    static long settleError(long error) {
        return -(int) error;
    }
}
