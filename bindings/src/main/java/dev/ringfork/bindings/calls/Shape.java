// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings.calls;

import dev.ringfork.bindings.abi.Variadic;

/**
 * How a function of C is called. Immutable.
 *
 * <p>All arguments are longs: the C library looks only at those it knows, and of each only at the
 * bits it knows.
 *
 * @param arguments how many longs are passed
 * @param result what the function returns
 * @param variadic the index of the first variadic argument, or {@link Variadic#NONE}
 * @param critical whether the call can never wait: see {@link Prototype}
 */
public record Shape(int arguments, Result result, int variadic, boolean critical) {

    /** What a function returns. */
    public enum Result {
        /** An int, -1 with errno set. */
        INT,
        /** A long, a ssize_t or an address, -1 with errno set. */
        LONG,
        /** The error itself, or 0; the function is no system call. */
        ERROR,
        /** The result or {@code -errno}, as the kernel and libringfork do. */
        SETTLED
    }

    /** A function that returns {@code -errno} itself. */
    public static Shape settled(int arguments, boolean critical) {
        return new Shape(arguments, Result.SETTLED, Variadic.NONE, critical);
    }

    /** The same function with another number of fixed arguments. */
    Shape fixed(int count) {
        return new Shape(count, result, Variadic.NONE, critical);
    }
}
