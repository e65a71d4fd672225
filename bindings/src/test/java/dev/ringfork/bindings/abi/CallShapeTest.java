// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings.abi;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.abort;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.invoke.MethodType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Where arguments go when a variadic function is called on 64-bit Arm.
 *
 * <p>The JDK holds the calling conventions of all platforms and tells, on any of them, which
 * register or stack slot each argument is put in. It tells it in packages of its own, hence the
 * reflection and the {@code --add-exports} of this module's tests.
 */
class CallShapeTest {

    private static final String ABI = "jdk.internal.foreign.abi.";

    /** The JDK whose internals the test was written for; on another it may have to skip. */
    private static final int KNOWN_JDK = 25;

    /** Each variadic function as C declares it, its variadic part as it is called here. */
    private static final Map<String, FunctionDescriptor> SHAPES =
            Map.of(
                    "open", shape(ADDRESS, JAVA_INT, JAVA_INT),
                    "openat", shape(JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT),
                    "fcntl", shape(JAVA_INT, JAVA_INT, JAVA_LONG),
                    "ioctl", shape(JAVA_INT, JAVA_LONG, JAVA_LONG),
                    "prctl", shape(JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG),
                    "syscall", shape(longs(7)));

    static Set<String> functions() {
        return Variadic.functions();
    }

    @Test
    void shouldKnowTheShapeOfEveryVariadicFunction() {
        assertEquals(Variadic.functions(), SHAPES.keySet());
    }

    @ParameterizedTest
    @MethodSource("functions")
    void shouldPutVariadicArgumentsOnTheStackOnMacos(String function) {
        int first = Variadic.firstArgument(function);
        for (FunctionDescriptor shape : shapes(function)) {
            int count = shape.argumentLayouts().size();
            List<String> expected = registers(first);
            for (int i = first; i < count; i++) {
                expected.add("stack@" + 8 * (i - first));
            }
            assertEquals(expected, places("MACOS", shape, Linker.Option.firstVariadicArg(first)));
        }
    }

    /** How those reach the stack who cannot tell what is variadic. */
    @ParameterizedTest
    @MethodSource("functions")
    void shouldFindFixedArgumentsOnTheStackOnceTheRegistersAreFull(String function) {
        int variadic = 7 - Variadic.firstArgument(function);
        List<String> expected = registers(8);
        for (int i = 0; i < variadic; i++) {
            expected.add("stack@" + 8 * i);
        }
        assertEquals(expected, places("MACOS", shape(longs(8 + variadic))));
    }

    /** What a binding that forgets the option does: the callee would read garbage off the stack. */
    @ParameterizedTest
    @MethodSource("functions")
    void shouldMissTheStackOnMacosWithoutTheOption(String function) {
        for (FunctionDescriptor shape : shapes(function)) {
            assertEquals(registers(shape.argumentLayouts().size()), places("MACOS", shape));
        }
    }

    @ParameterizedTest
    @MethodSource("functions")
    void shouldMoveNothingOnLinux(String function) {
        int first = Variadic.firstArgument(function);
        for (FunctionDescriptor shape : shapes(function)) {
            List<String> plain = places("LINUX", shape);
            assertEquals(registers(shape.argumentLayouts().size()), plain);
            assertEquals(plain, places("LINUX", shape, Linker.Option.firstVariadicArg(first)));
        }
    }

    @Test
    void shouldNotTakeOtherFunctionsForVariadic() {
        assertEquals(Variadic.NONE, Variadic.firstArgument("read"));
        assertEquals(Variadic.NONE, Variadic.firstArgument("accept4"));
    }

    /** As C declares it, and with all arguments widened to 64 bits. */
    private static List<FunctionDescriptor> shapes(String function) {
        FunctionDescriptor exact = Objects.requireNonNull(SHAPES.get(function));
        return List.of(exact, shape(longs(exact.argumentLayouts().size())));
    }

    private static FunctionDescriptor shape(MemoryLayout... arguments) {
        return FunctionDescriptor.of(JAVA_LONG, arguments);
    }

    private static MemoryLayout[] longs(int count) {
        return Collections.nCopies(count, JAVA_LONG).toArray(MemoryLayout[]::new);
    }

    private static List<String> registers(int count) {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            names.add("r" + i);
        }
        return names;
    }

    /** Where each argument of a call goes. */
    private static List<String> places(
            String system, FunctionDescriptor shape, Linker.Option... options) {
        try {
            Class<?> arranger = Class.forName(ABI + "aarch64.CallArranger");
            Class<?> linkerOptions = Class.forName(ABI + "LinkerOptions");
            Object bindings =
                    arranger.getMethod(
                                    "getBindings",
                                    MethodType.class,
                                    FunctionDescriptor.class,
                                    boolean.class,
                                    linkerOptions)
                            .invoke(
                                    arranger.getField(system).get(null),
                                    shape.toMethodType(),
                                    shape,
                                    false,
                                    linkerOptions
                                            .getMethod(
                                                    "forDowncall",
                                                    FunctionDescriptor.class,
                                                    Linker.Option[].class)
                                            .invoke(null, shape, options));
            Object sequence = bindings.getClass().getMethod("callingSequence").invoke(bindings);
            List<String> places = new ArrayList<>();
            // The JDK's own first argument is the address of the function.
            for (int i = 1; i <= shape.argumentLayouts().size(); i++) {
                places.add(place(sequence, i));
            }
            return places;
        } catch (ReflectiveOperationException e) {
            if (Runtime.version().feature() == KNOWN_JDK) {
                throw new LinkageError("the tests need --add-exports, see the module's pom", e);
            }
            return abort("a JDK with other internals: " + e);
        }
    }

    /** The storage that the last step of an argument's recipe stores to. */
    private static String place(Object sequence, int argument) throws ReflectiveOperationException {
        List<?> recipe =
                (List<?>)
                        sequence.getClass()
                                .getMethod("argumentBindings", int.class)
                                .invoke(sequence, argument);
        Object store = recipe.getLast();
        Object storage = Class.forName(ABI + "Binding$VMStore").getMethod("storage").invoke(store);
        return storage.getClass()
                .getMethod("debugName")
                .invoke(storage)
                .toString()
                .toLowerCase(Locale.ROOT);
    }
}
