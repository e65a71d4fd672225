// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringfork.prefork.control.Request.Format;
import dev.ringfork.prefork.control.Request.Verb;
import org.junit.jupiter.api.Test;

final class RequestTest {
    @Test
    void shouldReadWhatItWrites() {
        for (Verb verb : Verb.values()) {
            Request request = new Request(verb, Format.TEXT, verb == Verb.SET ? 3 : 0);
            assertEquals(request, Request.parse(request.toString()));
        }
        assertEquals(
                new Request(Verb.STATS, Format.OPENMETRICS),
                Request.parse(" stats  openmetrics\r"));
    }

    @Test
    void shouldRefuseWhatMakesNoSense() {
        for (String line :
                new String[] {
                    "",
                    "frob",
                    "STATUS",
                    "status xml",
                    "status openmetrics",
                    "status json json",
                    "reload json",
                    "inc 2",
                    "set",
                    "set 0",
                    "set -1",
                    "set +1",
                    "set 513",
                    "set 99999999999",
                    "set 1.5",
                    "set many",
                    "set 1 2",
                    "set json",
                    "\u0000"
                }) {
            assertThrows(IllegalArgumentException.class, () -> Request.parse(line), line);
        }
    }

    @Test
    void shouldSayHowManyWorkersThereCanBe() {
        String message =
                String.valueOf(
                        assertThrows(IllegalArgumentException.class, () -> Request.parse("set 0"))
                                .getMessage());
        assertTrue(message.contains("from 1 to 512"), message);
    }

    @Test
    void shouldSayWhatCanBeAskedFor() {
        String message =
                String.valueOf(
                        assertThrows(
                                        IllegalArgumentException.class,
                                        () -> Request.parse("fr\u0007b"))
                                .getMessage());
        assertTrue(message.startsWith("'fr?b' cannot be asked for"), message);
        assertTrue(message.contains("reload"), message);
    }
}
