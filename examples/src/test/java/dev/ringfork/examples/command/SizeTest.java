// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SizeTest {
    @ParameterizedTest
    @CsvSource({"0,0", "8190,8190", "8k,8192", "8K,8192", "1m,1048576", "2g,2147483648"})
    void shouldReadBytesAndUnits(String text, long bytes) {
        assertEquals(bytes, Size.parse(text).bytes());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "k", "-1", "1.5k", "8kb", "8 k", "1t", "99999999999999999999"})
    void shouldRefuseWhatIsNoSize(String text) {
        IllegalArgumentException e =
                assertThrows(IllegalArgumentException.class, () -> Size.parse(text));
        assertTrue(Refusal.message(e).contains("'" + text + "' is not a size"), e::toString);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "8190", "8k", "1000k", "1m", "3g"})
    void shouldBeWrittenAsItIsRead(String text) {
        assertEquals(text, Size.parse(text).toString());
    }

    @Test
    void shouldRefuseMoreThanAnIntHolds() {
        assertEquals(Integer.MAX_VALUE, new Size(Integer.MAX_VALUE).intBytes());
        assertThrows(IllegalArgumentException.class, Size.parse("2g")::intBytes);
    }
}
