// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings.calls;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.ringfork.bindings.Platform;
import dev.ringfork.bindings.abi.Variadic;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import org.junit.jupiter.api.Test;

class FixedArgumentsTest {

    private long[] passed = {};

    /** What the function would be called with, in order. */
    private long[] passed(Platform platform, int variadic) {
        Functions functions = new FixedArguments((_, shape) -> recorder(shape), platform);
        Shape shape = new Shape(Native.ARGUMENTS, Shape.Result.INT, variadic, false);
        MethodHandle handle = functions.find("function", shape);
        assertNotNull(handle);
        assertEquals(5, new Call("function", handle).call(1, 2, 3, 4, 5, 6));
        return passed;
    }

    private MethodHandle recorder(Shape shape) {
        assertEquals(Variadic.NONE, shape.variadic());
        try {
            return MethodHandles.lookup()
                    .findVirtual(
                            FixedArgumentsTest.class,
                            "record",
                            MethodType.methodType(long.class, long[].class))
                    .bindTo(this)
                    .asCollector(long[].class, shape.arguments())
                    .asType(Native.longs(shape.arguments()));
        } catch (ReflectiveOperationException renamed) {
            throw new LinkageError("record", renamed);
        }
    }

    long record(long[] arguments) {
        passed = arguments;
        return 5;
    }

    @Test
    void shouldFillTheRegistersBeforeVariadicArgumentsOnAppleSilicon() {
        long[] second = {1, 2, 0, 0, 0, 0, 0, 0, 3, 4, 5, 6};
        assertArrayEquals(second, passed(Platform.MACOS_AARCH64, 2));
        long[] third = {1, 2, 3, 0, 0, 0, 0, 0, 4, 5, 6};
        assertArrayEquals(third, passed(Platform.MACOS_AARCH64, 3));
    }

    @Test
    void shouldChangeNothingElsewhere() {
        long[] all = {1, 2, 3, 4, 5, 6};
        assertArrayEquals(all, passed(Platform.MACOS_AARCH64, Variadic.NONE));
        assertArrayEquals(all, passed(Platform.MACOS_X86_64, 2));
        assertArrayEquals(all, passed(Platform.LINUX_AARCH64, 3));
        assertArrayEquals(all, passed(Platform.LINUX_X86_64, 2));
    }

    @Test
    void shouldFindNothingThatIsNotThere() {
        Functions none = new FixedArguments((_, _) -> null, Platform.MACOS_AARCH64);
        assertNull(none.find("function", new Shape(6, Shape.Result.INT, 2, false)));
    }
}
