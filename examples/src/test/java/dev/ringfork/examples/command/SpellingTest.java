// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SpellingTest {
    private static final List<String> FLAGS =
            List.of("--port", "--host", "--max-body", "--trigger");

    @ParameterizedTest
    @CsvSource({"--prt,--port", "--porrt,--port", "--post,--port", "--maxbody,--max-body"})
    void shouldFindTheNearestWord(String word, String meant) {
        assertEquals(meant, Spelling.closest(word, FLAGS));
    }

    @Test
    void shouldFindNothingForAWordFarFromAll() {
        assertNull(Spelling.closest("--colour", FLAGS));
        assertNull(Spelling.closest("x", List.of()));
    }
}
