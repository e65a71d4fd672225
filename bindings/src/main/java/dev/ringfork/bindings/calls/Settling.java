// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings.calls;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.function.IntSupplier;

/** Turns what functions of C return into the result or {@code -errno}. */
public final class Settling {

    private Settling() {}

    /**
     * A handle that returns {@code -errno}, made of one that returns what the function does.
     *
     * @param raw the function: longs to a long, of an int the lower half
     * @param lastError errno of this thread's last call
     */
    public static MethodHandle settle(
            MethodHandle raw, Shape.Result result, IntSupplier lastError) {
        return switch (result) {
            case INT -> MethodHandles.filterReturnValue(raw, with("settleInt", lastError));
            case LONG -> MethodHandles.filterReturnValue(raw, with("settleLong", lastError));
            case ERROR -> settleError(raw);
            case SETTLED -> raw;
        };
    }

    /** The same for a function that returns the error itself. */
    public static MethodHandle settleError(MethodHandle raw) {
        return MethodHandles.filterReturnValue(raw, mine("settleError", long.class));
    }

    private static MethodHandle with(String name, IntSupplier lastError) {
        return mine(name, IntSupplier.class, long.class).bindTo(lastError);
    }

    private static MethodHandle mine(String name, Class<?>... arguments) {
        return Native.method(
                MethodHandles.lookup(), name, MethodType.methodType(long.class, arguments));
    }

    /** The upper half of an int result is whatever the register held. */
    static long settleInt(IntSupplier lastError, long result) {
        return (int) result == -1 ? -lastError.getAsInt() : (int) result;
    }

    static long settleLong(IntSupplier lastError, long result) {
        return result == -1 ? -lastError.getAsInt() : result;
    }

    static long settleError(long error) {
        return -(int) error;
    }
}
