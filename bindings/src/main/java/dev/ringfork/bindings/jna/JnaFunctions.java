// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings.jna;

import static dev.ringfork.bindings.calls.Native.longs;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import dev.ringfork.bindings.calls.Declaration;
import dev.ringfork.bindings.calls.Functions;
import dev.ringfork.bindings.calls.Settling;
import dev.ringfork.bindings.calls.Shape;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The functions of a library by JNA's direct mapping. Immutable. */
record JnaFunctions(NativeLibrary library) implements Functions {

    @Override
    public @Nullable MethodHandle find(String symbol, Shape shape) {
        if (!has(symbol)) {
            return null;
        }
        Class<?> declared = Declaration.asClass(Set.of(symbol), shape.arguments());
        Native.register(declared, library);
        try {
            MethodHandle function =
                    MethodHandles.publicLookup()
                            .findStatic(declared, symbol, longs(shape.arguments()));
            return Settling.settle(function, shape.result(), Native::getLastError);
        } catch (ReflectiveOperationException undeclared) {
            throw new LinkageError(symbol, undeclared);
        }
    }

    private boolean has(String symbol) {
        try {
            library.getFunction(symbol);
            return true;
        } catch (UnsatisfiedLinkError missing) {
            return false;
        }
    }
}
