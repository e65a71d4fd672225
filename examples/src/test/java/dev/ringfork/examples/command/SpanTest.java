// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SpanTest {
    @ParameterizedTest
    @CsvSource({"0s,0", "500ms,500", "20s,20000", "5m,300000", "1h,3600000"})
    void shouldReadANumberAndItsUnit(String text, long ms) {
        assertEquals(Duration.ofMillis(ms), Span.parse(text).duration());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "20", "s", "-1s", "1.5s", "20 s", "20S", "1d", "9999999999s"})
    void shouldRefuseWhatIsNoTime(String text) {
        IllegalArgumentException e =
                assertThrows(IllegalArgumentException.class, () -> Span.parse(text));
        assertTrue(Refusal.message(e).contains("'" + text + "' is not a time"), e::toString);
    }

    @ParameterizedTest
    @CsvSource({"20s,20s", "1500ms,1500ms", "2000ms,2s", "1h,3600s", "0s,0s"})
    void shouldBeWrittenSoThatItCanBeRead(String text, String written) {
        assertEquals(written, Span.parse(text).toString());
        assertEquals(Span.parse(text), Span.parse(written));
    }
}
