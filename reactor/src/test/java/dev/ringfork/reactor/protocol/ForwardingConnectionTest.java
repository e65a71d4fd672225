// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ForwardingConnectionTest {
    private final List<Method> asked = new ArrayList<>();

    private final Connection outer =
            (Connection)
                    Proxy.newProxyInstance(
                            Connection.class.getClassLoader(),
                            new Class<?>[] {Connection.class},
                            (_, method, _) -> {
                                asked.add(method);
                                return nothing(method.getReturnType());
                            });

    @ParameterizedTest
    @MethodSource("calls")
    void shouldHandEachCallOn(Method call)
            throws IllegalAccessException, InvocationTargetException {
        Object[] arguments =
                Arrays.stream(call.getParameterTypes())
                        .map(ForwardingConnectionTest::nothing)
                        .toArray();

        call.invoke(new ForwardingConnection(outer) {}, arguments);

        assertEquals(List.of(call), asked);
    }

    static Stream<Method> calls() {
        return Arrays.stream(Connection.class.getMethods())
                .filter(method -> Modifier.isAbstract(method.getModifiers()));
    }

    private static @Nullable Object nothing(Class<?> type) {
        if (type == boolean.class) {
            return false;
        }
        if (type == int.class) {
            return 0;
        }
        return type == long.class ? 0L : null;
    }
}
