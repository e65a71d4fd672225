// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ringfork.reactor.protocol.Buffer;
import dev.ringfork.reactor.protocol.WholeMessages.Judge;
import dev.ringfork.reactor.protocol.WholeMessages.Verdict;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class MessageJudgeTest {
    private static final String HEAD = "POST /echo HTTP/1.1\r\nHost: a\r\n";

    private static final String CHUNKED =
            """
            POST /echo HTTP/1.1\r
            Host: a\r
            Transfer-Encoding: chunked\r
            \r
            5\r
            hello\r
            1;x=y\r
            !\r
            0\r
            T: v\r
            \r
            """;

    private final Judge judge = new HttpProtocol(request -> Response.text("ok")).judge();
    private final Buffer in = new Buffer(Arena.ofAuto().allocate(1024));

    private Verdict add(String text) {
        byte[] bytes = text.getBytes(ISO_8859_1);
        MemorySegment.copy(MemorySegment.ofArray(bytes), 0, in.segment(), in.end(), bytes.length);
        in.produced(bytes.length);
        return judge.judge(in);
    }

    /** However it is cut, it is whole at its last byte and not before. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
                "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello",
                CHUNKED
            })
    void shouldFindTheLastByte(String request) {
        for (int i = 0; i < request.length() - 1; i++) {
            assertEquals(Verdict.PART, add(request.substring(i, i + 1)), "byte " + i);
        }
        assertEquals(Verdict.WHOLE, add(request.substring(request.length() - 1)));
        in.consume(in.length());
        assertEquals(Verdict.WHOLE, add(request), "and again");
    }

    @Test
    void shouldSeeAWholeOneInFrontOfAnother() {
        assertEquals(Verdict.WHOLE, add("GET / HTTP/1.1\r\nHost: a\r\n\r\nGET / HT"));
    }

    @Test
    void shouldSayThatABodyIsTooLarge() {
        assertEquals(Verdict.LARGE, add(HEAD + "Content-Length: 5000\r\n\r\nbegin"));
    }

    @Test
    void shouldNotLetAClientWaitThatWantsToBeAsked() {
        assertEquals(
                Verdict.LARGE, add(HEAD + "Expect: 100-continue\r\nContent-Length: 5\r\n\r\n"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "nonsense\r\n\r\n",
                "GET / HTTP/1.1\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nx"
            })
    void shouldLeaveTheRefusalToTheSession(String request) {
        assertEquals(Verdict.WHOLE, add(request));
    }
}
