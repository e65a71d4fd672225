// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringfork.examples.bench.LossMeter.Fate;
import dev.ringfork.examples.bench.LossMeter.Outcome;
import dev.ringfork.examples.bench.LossMeter.Plan;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The meter against servers that lose in one way each. */
@Timeout(30)
final class LossMeterTest {
    private static final Plan BRIEF = new Plan("/echo", 2, 1, Duration.ofMillis(200));

    /** What a server does with a connection. */
    private interface Conduct {
        void serve(Socket socket) throws IOException;
    }

    private static Outcome measured(Plan plan, Conduct conduct)
            throws IOException, InterruptedException {
        try (ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            Thread.startVirtualThread(() -> serve(listener, conduct));
            return new LossMeter((InetSocketAddress) listener.getLocalSocketAddress(), plan).run();
        }
    }

    private static void serve(ServerSocket listener, Conduct conduct) {
        while (!listener.isClosed()) {
            try {
                Socket socket = listener.accept();
                Thread.startVirtualThread(() -> {
                    try (socket) {
                        conduct.serve(socket);
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                });
            } catch (IOException e) {
                // Closed: the test is over.
            }
        }
    }

    /** The body of the next request; its head says how long it is. */
    private static String request(Socket socket) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = socket.getInputStream().read();
            if (next < 0) {
                throw new IOException("no request");
            }
            head.append((char) next);
        }
        String length = head.substring(head.indexOf("Content-Length: ") + 16, head.length() - 4);
        return new String(socket.getInputStream().readNBytes(Integer.parseInt(length)), US_ASCII);
    }

    private static void answer(Socket socket, String fields, String body) throws IOException {
        String text = "HTTP/1.1 200 OK\r\n%s\r\n%s".formatted(fields, body);
        socket.getOutputStream().write(text.getBytes(US_ASCII));
    }

    @Test
    void shouldCountWholeAnswers() throws Exception {
        Outcome outcome =
                measured(
                        BRIEF,
                        socket -> {
                            String body = request(socket);
                            answer(socket, "Content-Length: %d\r\n".formatted(body.length()), body);
                        });

        assertTrue(outcome.answered() > 0);
        assertEquals(0, outcome.lost(), outcome::toString);
    }

    @ParameterizedTest
    @CsvSource({
        "UNANSWERED, ''",
        "CUT, 'HTTP/1.1 200 OK\r\nContent-Le'",
        "CUT, 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n0-'",
        "WRONG, 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nother'",
        "WRONG, 'HTTP/1.1 200 OK\r\n\r\n'",
        "WRONG, 'HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n'"
    })
    void shouldTellHowAnAnswerWasLost(Fate fate, String said) throws Exception {
        Outcome outcome =
                measured(
                        BRIEF,
                        socket -> {
                            request(socket);
                            socket.getOutputStream().write(said.getBytes(US_ASCII));
                        });

        assertEquals(0, outcome.answered());
        assertTrue(outcome.lost() > 0);
        assertEquals(outcome.lost(), outcome.count(fate), outcome::toString);
    }

    @Test
    void shouldNoticeASecondAnswer() throws Exception {
        Outcome outcome =
                measured(
                        BRIEF,
                        socket -> {
                            String body = request(socket);
                            String length = "Content-Length: %d\r\n".formatted(body.length());
                            answer(socket, length, body);
                            answer(socket, length, body);
                        });

        assertTrue(outcome.count(Fate.WRONG) > 0, outcome::toString);
    }

    @Test
    void shouldNotCallItALossWhenAUsedConnectionIsClosed() throws Exception {
        Outcome outcome =
                measured(
                        new Plan("/echo", 2, 5, Duration.ofMillis(200)),
                        socket -> {
                            String body = request(socket);
                            answer(socket, "Content-Length: %d\r\n".formatted(body.length()), body);
                            request(socket);
                        });

        assertTrue(outcome.answered() > 0);
        assertTrue(outcome.count(Fate.ASKED_AGAIN) > 0);
        assertEquals(0, outcome.lost(), outcome::toString);
    }

    @Test
    void shouldGoOnUntilTheServerSaysThatItCloses() throws Exception {
        Outcome outcome =
                measured(
                        new Plan("/echo", 2, 1000, Duration.ofMillis(200)),
                        socket -> {
                            String fields = "Content-Length: %d\r\n";
                            String first = request(socket);
                            answer(socket, fields.formatted(first.length()), first);
                            String second = request(socket);
                            answer(
                                    socket,
                                    "Connection: close\r\n" + fields.formatted(second.length()),
                                    second);
                        });

        assertTrue(outcome.answered() > 1);
        assertEquals(0, outcome.lost(), outcome::toString);
        assertEquals(0, outcome.count(Fate.ASKED_AGAIN), outcome::toString);
    }

    @Test
    void shouldSendBodiesOfEachLengthInTurns() throws Exception {
        Set<Integer> lengths = ConcurrentHashMap.newKeySet();
        Outcome outcome =
                measured(
                        new Plan(
                                "/echo",
                                1,
                                2,
                                List.of(100, 70_000),
                                Duration.ofMillis(1),
                                Duration.ofMillis(500)),
                        socket -> {
                            for (int i = 0; i < 2; i++) {
                                String body = request(socket);
                                lengths.add(body.length());
                                answer(
                                        socket,
                                        "Content-Length: %d\r\n".formatted(body.length()),
                                        body);
                            }
                        });

        assertEquals(Set.of(100, 70_000), lengths);
        assertEquals(0, outcome.lost(), outcome::toString);
    }

    @Test
    void shouldEndBeforeItsTimeWhenItIsStopped() throws Exception {
        InetSocketAddress nobody = new InetSocketAddress(InetAddress.getLoopbackAddress(), 1);
        LossMeter meter =
                new LossMeter(
                        nobody,
                        new Plan(
                                "/echo",
                                1,
                                1,
                                List.of(0),
                                Duration.ofMillis(1),
                                Duration.ofHours(1)));
        Thread.startVirtualThread(() -> {
            while (meter.outcome().lost() == 0) {
                Thread.onSpinWait();
            }
            meter.stop();
        });

        assertTrue(meter.run().count(Fate.REFUSED) > 0);
    }

    @Test
    void shouldCountRefusals() throws Exception {
        InetSocketAddress gone;
        try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            gone = (InetSocketAddress) listener.getLocalSocketAddress();
        }

        Outcome outcome = new LossMeter(gone, BRIEF).run();

        assertTrue(outcome.count(Fate.REFUSED) > 0, outcome::toString);
    }
}
