// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings.abi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringfork.bindings.Platform;
import java.util.List;
import java.util.NavigableMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every row of the Java tables, of all four platforms, against what a C compiler found. */
class AbiFactsTest {

    /** Fewer rows than any platform has: a table that was not read does not pass for equal. */
    private static final int LEAST_ROWS = 500;

    @ParameterizedTest
    @EnumSource
    void shouldHoldExactlyWhatCSays(Platform platform) {
        NavigableMap<String, String> facts = Tsv.facts(platform);

        assertTrue(facts.size() > LEAST_ROWS, () -> "only " + facts.size() + " facts");
        assertEquals(List.of(), Differences.between(facts, AbiTables.of(platform)));
    }

    @ParameterizedTest
    @EnumSource
    void shouldNotMistakeAConstantForAnAbsentOne(Platform platform) {
        Constants constants = Constants.of(platform);
        for (String name : constants.names()) {
            assertTrue((int) constants.value(name) != Constants.ABSENT, name);
        }
    }

    @Test
    void shouldReportAWrongAMissingAndAnInventedRow() {
        NavigableMap<String, String> facts = Tsv.facts(Platform.LINUX_X86_64);
        NavigableMap<String, String> tables = AbiTables.of(Platform.LINUX_X86_64);
        tables.put("const O_CREAT", "65");
        tables.remove("errno EAGAIN");
        tables.put("field struct iovec.iov_base2", "8:8");

        assertEquals(
                List.of(
                        "const O_CREAT: C says 64, the table 65",
                        "errno EAGAIN: C says 11, the table nothing",
                        "field struct iovec.iov_base2: C says nothing, the table 8:8"),
                Differences.between(facts, tables));
    }

    /** The tables have one column for macOS, whichever the processor. */
    @Test
    void shouldShareAColumnOnlyBecauseBothProcessorsAgree() {
        assertEquals(Tsv.facts(Platform.MACOS_AARCH64), Tsv.facts(Platform.MACOS_X86_64));
    }
}
