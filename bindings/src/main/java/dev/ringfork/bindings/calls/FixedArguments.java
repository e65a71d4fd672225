// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings.calls;

import dev.ringfork.bindings.Platform;
import dev.ringfork.bindings.abi.Variadic;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.util.Collections;
import org.jspecify.annotations.Nullable;

/**
 * The functions of a provider that calls every function as if all of its arguments were fixed.
 *
 * <p>Apple's arm64 passes variadic arguments on the stack, and fixed ones in eight registers before
 * it uses the stack. So there zeros fill the registers that are left, and what follows them lies
 * where a variadic function looks for it. On the other platforms variadic arguments are passed as
 * fixed ones are. Immutable.
 */
public final class FixedArguments implements Functions {

    /** Those of 64-bit Arm that pass arguments. */
    static final int REGISTERS = 8;

    private final Functions functions;
    private final boolean onStack;

    /** The functions on a platform. */
    public FixedArguments(Functions functions, Platform platform) {
        this.functions = functions;
        onStack = platform == Platform.MACOS_AARCH64;
    }

    @Override
    public @Nullable MethodHandle find(String symbol, Shape shape) {
        if (shape.variadic() == Variadic.NONE || !onStack) {
            return functions.find(symbol, shape.fixed(shape.arguments()));
        }
        int zeros = REGISTERS - shape.variadic();
        MethodHandle handle = functions.find(symbol, shape.fixed(shape.arguments() + zeros));
        return handle == null
                ? null
                : MethodHandles.insertArguments(
                        handle, shape.variadic(), Collections.nCopies(zeros, 0L).toArray());
    }
}
