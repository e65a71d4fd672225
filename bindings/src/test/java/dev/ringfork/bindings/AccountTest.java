// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class AccountTest {
    @ParameterizedTest
    @ValueSource(strings = {"0,0,0", "65534,65534,65534,4", "4294967294,4294967294,4294967294"})
    void shouldReadWhatItHasWritten(String text) {
        assertEquals(text, Account.parse(text).toString());
    }

    @Test
    void shouldWriteNumbersWithoutASign() {
        assertEquals("4294967294,20,20", new Account(-2, 20, List.of(20)).toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1", "-2,20", "1,2,", "nobody,1", "9999999999,1"})
    void shouldRefuseWhatIsNoAccount(String text) {
        assertThrows(IllegalArgumentException.class, () -> Account.parse(text));
    }
}
