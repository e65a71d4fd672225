// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;

/** Random requests, in memory that ends where they do: a look behind the end throws. */
final class HeadParserFuzzTest {
    private static final int ROUNDS = 20_000;

    private static final List<String> SEEDS =
            List.of(
                    Heads.of("GET / HTTP/1.1", "Host: localhost:8080"),
                    Heads.of("POST /a?b=c HTTP/1.1", "Host: a", "Content-Length: 12", "X: y"),
                    Heads.of("PUT /a HTTP/1.1", "Transfer-Encoding: chunked", "Host: [::1]"),
                    Heads.of("GET http://a.b/c HTTP/1.1", "Host: a.b", "Connection: close"),
                    Heads.of("OPTIONS * HTTP/1.0", "Expect: 100-continue", "Accept: */*"));

    private static final String SPICE = "\r\n\0 \t:,;/?*#%\u007f\u0080\u00ff0a-+HCT";

    private final RequestHead head = Heads.head();

    private static byte[] mutated(Random random) {
        String seed = SEEDS.get(random.nextInt(SEEDS.size()));
        byte[] bytes = seed.getBytes(StandardCharsets.ISO_8859_1);
        for (int edits = random.nextInt(4); edits >= 0; edits--) {
            int at = random.nextInt(bytes.length);
            switch (random.nextInt(5)) {
                case 0 -> bytes[at] = (byte) random.nextInt(256);
                case 1 -> bytes[at] = (byte) SPICE.charAt(random.nextInt(SPICE.length()));
                case 2 -> bytes = without(bytes, at);
                case 3 -> bytes = with(bytes, at, SPICE.charAt(random.nextInt(SPICE.length())));
                default -> bytes = Arrays.copyOf(bytes, at + 1);
            }
        }
        return bytes;
    }

    private static byte[] without(byte[] bytes, int at) {
        byte[] rest = Arrays.copyOf(bytes, Math.max(1, bytes.length - 1));
        System.arraycopy(bytes, at + 1, rest, Math.min(at, rest.length), bytes.length - at - 1);
        return rest;
    }

    private static byte[] with(byte[] bytes, int at, char added) {
        byte[] more = Arrays.copyOf(bytes, bytes.length + 1);
        System.arraycopy(bytes, at, more, at + 1, bytes.length - at);
        more[at] = (byte) added;
        return more;
    }

    private int parse(byte[] bytes, int end) {
        return HeadParser.parse(
                Heads.memory(Arrays.copyOf(bytes, end)), 0, end, HttpLimits.DEFAULT, head);
    }

    @RepeatedTest(5)
    void shouldGiveASensibleAnswerToAnything(RepetitionInfo repetition) {
        Random random = new Random(repetition.getCurrentRepetition());
        for (int round = 0; round < ROUNDS; round++) {
            byte[] bytes = mutated(random);
            int result = parse(bytes, bytes.length);
            boolean refused = result <= -400 && result >= -505;
            boolean taken = result > 0 && result <= bytes.length;
            assertTrue(refused || taken || result == HeadParser.INCOMPLETE, "result " + result);
        }
    }

    /** No head is answered in one way when it comes whole and in another when it comes in parts. */
    @RepeatedTest(5)
    void shouldSayOfAPartOnlyWhatItSaysOfTheWhole(RepetitionInfo repetition) {
        Random random = new Random(1000L + repetition.getCurrentRepetition());
        for (int round = 0; round < ROUNDS / 100; round++) {
            byte[] bytes = mutated(random);
            int whole = parse(bytes, bytes.length);
            for (int end = 0; end < bytes.length; end++) {
                int part = parse(bytes, end);
                assertTrue(
                        part == HeadParser.INCOMPLETE || part == whole,
                        () ->
                                "%s of a part, %s of %s"
                                        .formatted(
                                                part,
                                                whole,
                                                new String(bytes, StandardCharsets.ISO_8859_1)));
                if (part != HeadParser.INCOMPLETE) {
                    break;
                }
            }
        }
    }

    /** Bytes behind a head that is taken make no difference, wherever it begins in the buffer. */
    @RepeatedTest(5)
    void shouldNotMindWhatFollows(RepetitionInfo repetition) {
        Random random = new Random(2000L + repetition.getCurrentRepetition());
        for (int round = 0; round < ROUNDS / 10; round++) {
            byte[] bytes = mutated(random);
            int whole = parse(bytes, bytes.length);
            if (whole < 0) {
                continue;
            }
            int before = random.nextInt(20);
            byte[] more = new byte[before + bytes.length + random.nextInt(20)];
            random.nextBytes(more);
            System.arraycopy(bytes, 0, more, before, bytes.length);
            int result =
                    HeadParser.parse(
                            Heads.memory(more), before, more.length, HttpLimits.DEFAULT, head);
            assertEquals(before + whole, result);
        }
    }
}
