// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.master;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ShareTest {

    @Test
    void shouldBeANumberOrAPercentageButNeverNobody() {
        assertEquals(2, Share.parse("2").of(100));
        assertEquals(10, Share.parse("10%").of(100));
        assertEquals(1, Share.parse("10%").of(4));
        assertEquals(1, Share.parse("10%").of(19), "rounded down");
        assertEquals("10%", Share.parse("10%").toString());
        assertEquals("3", Share.parse("3").toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "%", "0", "0%", "101%", "-1", "half", "1.5", "10 %"})
    void shouldRefuseWhatIsNone(String text) {
        assertThrows(IllegalArgumentException.class, () -> Share.parse(text));
    }

    @Test
    void shouldRefuseSettingsThatContradictEachOther() {
        MasterSettings.Builder good = MasterSettings.builder();
        assertThrows(IllegalArgumentException.class, () -> good.workers(0).build());
        good.workers(1);
        assertThrows(
                IllegalArgumentException.class,
                () -> good.heartbeat(Duration.ofSeconds(40)).build());
        good.heartbeat(Duration.ofSeconds(1));
        assertThrows(IllegalArgumentException.class, () -> good.maxBootFailures(0).build());
        good.maxBootFailures(1);
        assertThrows(IllegalArgumentException.class, () -> good.maxRequests(-1).build());
        assertEquals(1, good.maxRequests(0).build().workers());
    }
}
