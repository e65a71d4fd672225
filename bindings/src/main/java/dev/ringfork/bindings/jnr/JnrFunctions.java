// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings.jnr;

import static dev.ringfork.bindings.calls.Native.longs;

import com.kenai.jffi.LastError;
import com.kenai.jffi.Library;
import dev.ringfork.bindings.calls.Declaration;
import dev.ringfork.bindings.calls.Functions;
import dev.ringfork.bindings.calls.Native;
import dev.ringfork.bindings.calls.Settling;
import dev.ringfork.bindings.calls.Shape;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.util.Set;
import java.util.function.IntSupplier;
import jnr.ffi.LibraryLoader;
import org.jspecify.annotations.Nullable;

/**
 * The functions of a library by jnr-ffi, as the methods of interfaces that it implements.
 * Immutable.
 */
final class JnrFunctions implements Functions {

    private static final IntSupplier ERRNO = LastError.getInstance()::get;

    private final String name;
    private final Library library;
    private final Set<String> known;
    private final Declared declared;

    /** An interface and what jnr-ffi made of it. */
    private record Declared(Class<?> type, Object implementation) {

        MethodHandle handle(String function, int arguments) {
            try {
                return MethodHandles.publicLookup()
                        .findVirtual(type, function, longs(arguments))
                        .bindTo(implementation);
            } catch (ReflectiveOperationException undeclared) {
                throw new LinkageError(function, undeclared);
            }
        }
    }

    /**
     * The functions of a library.
     *
     * @param name the library's, as jnr-ffi looks it up, or its path
     * @param library the same, for asking what it has: jnr-ffi would tell at the first call only
     * @param known the functions that are asked for, in one interface: each one takes milliseconds
     */
    JnrFunctions(String name, Library library, Set<String> known) {
        this.name = name;
        this.library = library;
        this.known = known;
        declared = declare(known, Native.ARGUMENTS);
    }

    private Declared declare(Set<String> functions, int arguments) {
        Class<?> type = Declaration.asInterface(functions, arguments);
        return new Declared(type, LibraryLoader.create(type).failImmediately().load(name));
    }

    @Override
    public @Nullable MethodHandle find(String symbol, Shape shape) {
        if (library.getSymbolAddress(symbol) == 0) {
            return null;
        }
        int arguments = shape.arguments();
        boolean among = known.contains(symbol) && arguments == Native.ARGUMENTS;
        Declared where = among ? declared : declare(Set.of(symbol), arguments);
        return Settling.settle(where.handle(symbol, arguments), shape.result(), ERRNO);
    }
}
