// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.demux;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class TimeoutsTest {

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "1, 1",
        "999999, 1",
        "1000000, 1",
        "1000001, 2",
        "-1, -1",
        "-9223372036854775808, -1",
        "2147483647000000, 2147483647",
        "2147483647000001, 2147483647",
        "9223372036854775807, 2147483647"
    })
    void shouldRoundUpAndNeverToABusyLoop(long timeoutNs, int expectedMs) {
        assertEquals(expectedMs, Timeouts.milliseconds(timeoutNs));
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "1, 1",
        "999, 1",
        "1000, 1",
        "1001, 2",
        "-1, -1",
        "-9223372036854775808, -1",
        "2147483647000001, 2147483647000",
        "9223372036854775807, 2147483647000"
    })
    void shouldRoundUpFinerWhereTheKernelCountsFiner(long timeoutNs, long expectedUs) {
        assertEquals(expectedUs, Timeouts.microseconds(timeoutNs));
    }
}
