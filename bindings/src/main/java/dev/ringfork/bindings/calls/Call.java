// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings.calls;

import dev.ringfork.bindings.Errno;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;

/**
 * One linked call, in a {@code static final} field of the class that makes it.
 *
 * <p>Every handle has the type of {@link Native#TYPE}: six longs to the result or {@code -errno}.
 * The kernel and the C library look only at the arguments they know, so the missing ones are zeros:
 * they cost nothing that can be measured, and one shape serves all calls where each further one
 * would cost some ten milliseconds at start. A record, because the JIT compiler trusts a record's
 * fields and folds the handle.
 *
 * @param name what the call is named in an error
 * @param handle the way to it
 */
public record Call(String name, MethodHandle handle) {

    /** A call that the platform lacks: it returns {@code -ENOSYS}. */
    static Call absent(String name) {
        MethodHandle result = MethodHandles.constant(long.class, (long) -Errno.ENOSYS);
        return new Call(name, MethodHandles.dropArguments(result, 0, Native.TYPE.parameterList()));
    }

    long call() {
        return call(0, 0, 0, 0, 0, 0);
    }

    long call(long a) {
        return call(a, 0, 0, 0, 0, 0);
    }

    long call(long a, long b) {
        return call(a, b, 0, 0, 0, 0);
    }

    long call(long a, long b, long c) {
        return call(a, b, c, 0, 0, 0);
    }

    long call(long a, long b, long c, long d) {
        return call(a, b, c, d, 0, 0);
    }

    long call(long a, long b, long c, long d, long e) {
        return call(a, b, c, d, e, 0);
    }

    /** Makes the call. */
    public long call(long a, long b, long c, long d, long e, long f) {
        try {
            return (long) handle.invokeExact(a, b, c, d, e, f);
        } catch (Throwable thrown) {
            // No handle throws: this would be a mistake in how it was put together.
            throw new AssertionError(name, thrown);
        }
    }
}
