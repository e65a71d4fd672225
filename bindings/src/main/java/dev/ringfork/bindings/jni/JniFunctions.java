// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings.jni;

import static dev.ringfork.bindings.calls.Native.longs;

import dev.ringfork.bindings.abi.Variadic;
import dev.ringfork.bindings.calls.Functions;
import dev.ringfork.bindings.calls.Native;
import dev.ringfork.bindings.calls.Settling;
import dev.ringfork.bindings.calls.Shape;
import java.lang.foreign.Arena;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The functions of a library by way of {@link JniCalls}. Immutable. */
final class JniFunctions implements Functions {

    private final long library;

    private JniFunctions(long library) {
        this.library = library;
    }

    /** Those of the C library, and of whatever else the process was started with. */
    static Functions libc() {
        return new JniFunctions(JniCalls.dlopen(0));
    }

    /** Those of libringfork, which was loaded by the JVM from this file. */
    static Functions of(Path file) {
        try (Arena arena = Arena.ofConfined()) {
            return new JniFunctions(JniCalls.dlopen(arena.allocateFrom(file.toString()).address()));
        }
    }

    /** A system call: seven longs, the number first, to {@code -errno}. */
    static MethodHandle syscall() {
        return method("syscall", Native.ARGUMENTS + 1);
    }

    @Override
    public @Nullable MethodHandle find(String symbol, Shape shape) {
        String method = methodFor(shape);
        long function = address(symbol);
        if (method == null || function == 0) {
            return null;
        }
        int arguments =
                shape.variadic() == Variadic.NONE ? shape.arguments() : shape.variadic() + 1;
        MethodHandle handle =
                MethodHandles.insertArguments(method(method, arguments + 1), 0, function);
        List<Class<?>> all = longs(shape.arguments()).parameterList();
        handle = MethodHandles.dropArguments(handle, arguments, all.subList(arguments, all.size()));
        return shape.result() == Shape.Result.ERROR ? Settling.settleError(handle) : handle;
    }

    /**
     * The native method that calls functions of a shape, or null: all variadic ones return ints.
     */
    private static @Nullable String methodFor(Shape shape) {
        if (shape.arguments() != Native.ARGUMENTS) {
            return null;
        }
        return switch (shape.variadic()) {
            case Variadic.NONE ->
                    switch (shape.result()) {
                        case INT -> "callInt";
                        case LONG -> "callLong";
                        case ERROR, SETTLED -> "call";
                    };
            case 2 -> "callVariadic2";
            case 3 -> "callVariadic3";
            default -> null;
        };
    }

    private long address(String symbol) {
        try (Arena arena = Arena.ofConfined()) {
            return JniCalls.dlsym(library, arena.allocateFrom(symbol).address());
        }
    }

    private static MethodHandle method(String name, int arguments) {
        return Native.method(JniCalls.LOOKUP, name, longs(arguments));
    }
}
