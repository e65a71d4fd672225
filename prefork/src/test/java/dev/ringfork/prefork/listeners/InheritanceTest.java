// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.listeners;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class InheritanceTest {

    private static SequencedMap<String, Integer> read(String value) {
        return Inheritance.read(Map.of(Inheritance.LISTENERS, value));
    }

    @Test
    void shouldReadWhatItWritesInOrder() {
        SequencedMap<String, Integer> listeners = new LinkedHashMap<>();
        listeners.put("unix:/tmp/a=b;c%3D", 4);
        listeners.put("[::1]:80", 3);
        String text = Inheritance.write(listeners);
        assertEquals("unix:/tmp/a%3Db%3Bc%253D=4;[::1]:80=3", text);
        assertEquals(listeners, read(text));
        assertEquals(List.copyOf(listeners.keySet()), List.copyOf(read(text).keySet()));
    }

    @Test
    void shouldFindNoneWhereNoneAreNamed() {
        assertTrue(Inheritance.read(Map.of()).isEmpty());
        assertTrue(read("").isEmpty());
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "a=", "=3", "a=b", "a=-1", "a=3;", "a=3,b=4", "a=99999999999"})
    void shouldRefuseWhatMakesNoSense(String text) {
        assertThrows(IllegalArgumentException.class, () -> read(text));
    }
}
