// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.InstantSource;
import org.junit.jupiter.api.Test;

/** What balancers are told. */
final class HealthTest {
    private static final String ASK = "GET /health HTTP/1.1\r\nHost: a\r\n\r\n";

    private final Health health = new Health("/health");
    private final HttpProtocol protocol =
            new HttpProtocol(
                    ExampleApplication.handler("hi", null).behind(health),
                    HttpLimits.DEFAULT,
                    InstantSource.system(),
                    health);

    private RecordingConnection connect() {
        return new RecordingConnection(protocol);
    }

    @Test
    void shouldSayThatItServes() {
        RecordingConnection client = connect().send(ASK);
        String answer = client.text();
        assertTrue(answer.startsWith("HTTP/1.1 200 "), answer);
        assertTrue(answer.contains("Cache-Control: no-store"), answer);
        assertFalse(client.closed());
    }

    @Test
    void shouldRefuseOnAConnectionThatWasKeptAliveAndEndIt() {
        RecordingConnection client = connect().send(ASK);
        client.text();
        health.leave();
        assertFalse(client.closed(), "it is asked first");
        String answer = client.send(ASK).text();
        assertTrue(answer.startsWith("HTTP/1.1 503 "), answer);
        assertTrue(answer.contains("Connection: close"), answer);
        assertTrue(answer.endsWith("draining\n"), answer);
        assertTrue(client.closed());
    }

    @Test
    void shouldServeOthersToTheEndWithTheirLastAnswer() {
        health.leave();
        RecordingConnection client = connect().send("GET /hello HTTP/1.1\r\nHost: a\r\n\r\n");
        String answer = client.text();
        assertTrue(answer.startsWith("HTTP/1.1 200 "), answer);
        assertTrue(answer.contains("Connection: close"), answer);
        assertTrue(client.closed());
    }

    @Test
    void shouldLeaveOtherMethodsAndPathsToTheApplication() {
        String posted =
                connect()
                        .send("POST /health HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n")
                        .text();
        assertTrue(posted.startsWith("HTTP/1.1 404 "), posted);
        String below = connect().send("GET /health/x HTTP/1.1\r\nHost: a\r\n\r\n").text();
        assertTrue(below.startsWith("HTTP/1.1 404 "), below);
        String head = connect().send("HEAD /health HTTP/1.1\r\nHost: a\r\n\r\n").text();
        assertEquals(-1, head.indexOf("serving"), head);
        assertTrue(head.startsWith("HTTP/1.1 200 "), head);
    }
}
