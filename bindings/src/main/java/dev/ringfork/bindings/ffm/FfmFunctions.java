// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings.ffm;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.ringfork.bindings.abi.Variadic;
import dev.ringfork.bindings.calls.Functions;
import dev.ringfork.bindings.calls.Native;
import dev.ringfork.bindings.calls.Settling;
import dev.ringfork.bindings.calls.Shape;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The functions of a library by way of the JVM's linker, with errno captured in memory of the
 * thread. Immutable and safe for use by many threads.
 *
 * <p>To capture costs some ten nanoseconds. The linker makes a short-lived object for each capture,
 * which the JIT compiler removes from most callers, once it has seen them; whether it does is its
 * choice.
 */
@SuppressWarnings("restricted") // Linking is what this class is for: the module asks its user.
final class FfmFunctions implements Functions {

    private static final Linker LINKER = Linker.nativeLinker();
    private static final Linker.Option CAPTURE = Linker.Option.captureCallState("errno");
    private static final Linker.Option CRITICAL = Linker.Option.critical(false);
    private static final long ERRNO =
            Linker.Option.captureStateLayout().byteOffset(PathElement.groupElement("errno"));

    /** The functions of the C library. */
    static final Functions LIBC = new FfmFunctions(LINKER.defaultLookup());

    private final SymbolLookup lookup;

    private FfmFunctions(SymbolLookup lookup) {
        this.lookup = lookup;
    }

    /** The functions of a shared library, loaded for good. */
    static Functions open(Path file) {
        return new FfmFunctions(SymbolLookup.libraryLookup(file, Arena.global()));
    }

    @Override
    public @Nullable MethodHandle find(String symbol, Shape shape) {
        MemorySegment function = lookup.find(symbol).orElse(MemorySegment.NULL);
        return function.address() == 0 ? null : link(function, shape);
    }

    /**
     * A handle of a function by its address; the linker shares the code of those of equal shape.
     */
    static MethodHandle link(MemorySegment function, Shape shape) {
        return switch (shape.result()) {
            case SETTLED -> downcall(function, shape);
            case ERROR -> Settling.settleError(downcall(function, shape));
            case INT -> settling(downcall(function, shape, CAPTURE), "settleInt");
            case LONG -> settling(downcall(function, shape, CAPTURE), "settleLong");
        };
    }

    private static MethodHandle downcall(
            MemorySegment function, Shape shape, Linker.Option... capture) {
        List<Linker.Option> options = new ArrayList<>(List.of(capture));
        if (shape.critical()) {
            options.add(CRITICAL);
        }
        if (shape.variadic() != Variadic.NONE) {
            options.add(Linker.Option.firstVariadicArg(shape.variadic()));
        }
        MemoryLayout[] arguments = new MemoryLayout[shape.arguments()];
        Arrays.fill(arguments, JAVA_LONG);
        return LINKER.downcallHandle(
                function,
                FunctionDescriptor.of(JAVA_LONG, arguments),
                options.toArray(Linker.Option[]::new));
    }

    /**
     * Turns (state, longs) to -1 and errno into longs to -errno: the thread's state goes in, the
     * result and the state come out to be settled.
     */
    private static MethodHandle settling(MethodHandle capturing, String settle) {
        MethodHandle settled =
                Native.method(
                        MethodHandles.lookup(),
                        settle,
                        MethodType.methodType(long.class, long.class, MemorySegment.class));
        List<Class<?>> arguments = capturing.type().parameterList();
        settled = MethodHandles.dropArguments(settled, 2, arguments.subList(1, arguments.size()));
        return MethodHandles.foldArguments(
                MethodHandles.foldArguments(settled, capturing), ThreadState.HANDLE);
    }

    /** The upper half of an int result is whatever the register held. */
    static long settleInt(long result, MemorySegment state) {
        return (int) result == -1 ? -state.get(JAVA_INT, ERRNO) : (int) result;
    }

    static long settleLong(long result, MemorySegment state) {
        return result == -1 ? -state.get(JAVA_INT, ERRNO) : result;
    }
}
