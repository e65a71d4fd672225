// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Loss: clients that ask an HTTP server all the time, each request with a body of its own that must
 * come back once and whole, whatever is done to the server meanwhile.
 *
 * <p>The clients are blocking sockets of the JDK, nothing of the server's, on virtual threads.
 */
public final class LossMeter {
    private static final int TIMEOUT_MS = 10_000;
    private static final int HEAD_BYTES_MAX = 16_384;
    private static final String LENGTH = "content-length:";

    private final InetSocketAddress server;
    private final Plan plan;
    private final LongAdder answered = new LongAdder();
    private final Map<Fate, LongAdder> fates = new ConcurrentHashMap<>();
    private final CountDownLatch enough = new CountDownLatch(1);

    /**
     * What to do.
     *
     * @param path where a POST is answered with its own body
     * @param clients how many ask at the same time
     * @param perConnection how many requests a client sends over one connection
     * @param bodyBytes how long the bodies of requests are, in turns; a shorter one than its name
     *     is as long as that
     * @param pause of a client after each answer
     * @param duration of all
     */
    public record Plan(
            String path,
            int clients,
            int perConnection,
            List<Integer> bodyBytes,
            Duration pause,
            Duration duration) {
        /** Keeps a copy of the lengths. */
        public Plan {
            bodyBytes = List.copyOf(bodyBytes);
        }

        /** Short bodies, without a pause. */
        public Plan(String path, int clients, int perConnection, Duration duration) {
            this(path, clients, perConnection, List.of(0), Duration.ZERO, duration);
        }
    }

    /** What becomes of a request that is not answered as it should be. */
    public enum Fate {
        /** There was no connection to be had. */
        REFUSED,
        /** The connection ended before the first byte of the answer. */
        UNANSWERED,
        /** The answer ended too early. */
        CUT,
        /** It was another answer, or more than one. */
        WRONG,
        /** Nothing came for ten seconds. */
        LATE,
        /**
         * The server has closed a connection that was used before, while the request was on its
         * way: HTTP leaves it to the client to ask again, which it does. No loss.
         */
        ASKED_AGAIN;

        /** Whether the server owed an answer. */
        boolean lost() {
            return this != ASKED_AGAIN;
        }
    }

    /**
     * What was seen so far.
     *
     * @param answered requests that were answered once and whole
     * @param fates what has become of the others
     */
    public record Outcome(long answered, Map<Fate, Long> fates) {
        /** How many requests have met a fate. */
        public long count(Fate fate) {
            return fates.getOrDefault(fate, 0L);
        }

        /** How many answers were lost. */
        public long lost() {
            return fates.entrySet().stream()
                    .filter(entry -> entry.getKey().lost())
                    .mapToLong(Map.Entry::getValue)
                    .sum();
        }
    }

    /** A request that has met its fate. */
    private static final class Missed extends Exception {
        private static final long serialVersionUID = 1;
        private final Fate fate;

        Missed(Fate fate, @Nullable Throwable cause) {
            super(fate.name(), cause);
            this.fate = fate;
        }
    }

    /** Prepares; connects to nobody yet. */
    public LossMeter(InetSocketAddress server, Plan plan) {
        this.server = server;
        this.plan = plan;
    }

    /** Runs it all. {@link #outcome} may be asked meanwhile, by any thread. */
    public Outcome run() throws InterruptedException {
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < plan.clients; i++) {
            int client = i;
            threads.add(Thread.startVirtualThread(() -> ask(client)));
        }
        if (!enough.await(plan.duration.toMillis(), TimeUnit.MILLISECONDS)) {
            enough.countDown();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        return outcome();
    }

    /** Ends a run before its time; safe for use by any thread. */
    public void stop() {
        enough.countDown();
    }

    private boolean over() {
        return enough.getCount() == 0;
    }

    /** What was seen so far. */
    public Outcome outcome() {
        Map<Fate, Long> counts = new EnumMap<>(Fate.class);
        fates.forEach((fate, count) -> counts.put(fate, count.sum()));
        return new Outcome(answered.sum(), counts);
    }

    private void ask(int client) {
        for (long first = 0; !over(); first += plan.perConnection) {
            try (Socket socket = new Socket()) {
                converse(socket, client, first);
            } catch (Missed e) {
                fates.computeIfAbsent(e.fate, _ -> new LongAdder()).increment();
                rest();
            } catch (IOException e) {
                // Of the closing: all that was asked has been answered.
            }
        }
    }

    /** As many requests as a connection is for. */
    private void converse(Socket socket, int client, long number) throws Missed, IOException {
        try {
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(TIMEOUT_MS);
            socket.connect(server, TIMEOUT_MS);
        } catch (SocketTimeoutException e) {
            throw new Missed(Fate.LATE, e);
        } catch (ConnectException e) {
            throw new Missed(Fate.REFUSED, e);
        }
        InputStream in = new BufferedInputStream(socket.getInputStream());
        boolean goesOn = true;
        for (int i = 0; i < plan.perConnection && goesOn && !over(); i++) {
            boolean last = i == plan.perConnection - 1;
            goesOn = exchange(socket, in, body(client, number + i), i == 0, last);
            answered.increment();
            rest();
        }
        if (!goesOn && in.read() >= 0) {
            throw new Missed(Fate.WRONG, null);
        }
    }

    /** The name of a request, again and again until it is as long as it is to be. */
    private String body(int client, long number) {
        String name = "%d-%d ".formatted(client, number);
        int turn = (int) ((client + number) % plan.bodyBytes.size());
        int bytes = Math.max(name.length(), plan.bodyBytes.get(turn));
        return name.repeat(bytes / name.length() + 1).substring(0, bytes);
    }

    private void rest() {
        LockSupport.parkNanos(plan.pause.toNanos());
    }

    /** One request and its answer. Returns whether another one may follow. */
    private boolean exchange(
            Socket socket, InputStream in, String body, boolean first, boolean last) throws Missed {
        boolean begun = false;
        try {
            socket.getOutputStream().write(request(body, last));
            in.mark(1);
            begun = in.read() >= 0;
            if (!begun) {
                throw new Missed(first ? Fate.UNANSWERED : Fate.ASKED_AGAIN, null);
            }
            in.reset();
            String head = head(in);
            byte[] bytes = in.readNBytes(length(head));
            if (bytes.length < length(head)) {
                throw new Missed(Fate.CUT, null);
            }
            if (!head.startsWith("http/1.1 200") || !body.equals(new String(bytes, US_ASCII))) {
                throw new Missed(Fate.WRONG, null);
            }
            return !last && !head.contains("connection: close");
        } catch (SocketTimeoutException e) {
            throw new Missed(Fate.LATE, e);
        } catch (IOException e) {
            Fate early = first ? Fate.UNANSWERED : Fate.ASKED_AGAIN;
            throw new Missed(begun ? Fate.CUT : early, e);
        }
    }

    private byte[] request(String body, boolean last) {
        return """
        POST %s HTTP/1.1\r
        Host: loss\r
        Connection: %s\r
        Content-Length: %d\r
        \r
        %s\
        """
                .formatted(plan.path, last ? "close" : "keep-alive", body.length(), body)
                .getBytes(US_ASCII);
    }

    /** All up to the empty line, in lower case. */
    private static String head(InputStream in) throws IOException, Missed {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        int ends = 0;
        while (ends < 2) {
            int next = in.read();
            if (next < 0) {
                throw new Missed(Fate.CUT, null);
            }
            if (head.size() == HEAD_BYTES_MAX) {
                throw new Missed(Fate.WRONG, null);
            }
            head.write(next);
            ends = next == '\n' ? ends + 1 : next == '\r' ? ends : 0;
        }
        return head.toString(US_ASCII).toLowerCase(Locale.ROOT);
    }

    private static int length(String head) throws Missed {
        int at = head.indexOf(LENGTH);
        if (at < 0) {
            throw new Missed(Fate.WRONG, null);
        }
        try {
            String value = head.substring(at + LENGTH.length(), head.indexOf('\r', at));
            return Integer.parseUnsignedInt(value.strip());
        } catch (NumberFormatException e) {
            throw new Missed(Fate.WRONG, e);
        }
    }
}
