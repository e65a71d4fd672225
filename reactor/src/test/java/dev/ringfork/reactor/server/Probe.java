// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ringfork.bindings.Errno;
import dev.ringfork.reactor.protocol.Buffer;
import dev.ringfork.reactor.protocol.Connection;
import dev.ringfork.reactor.protocol.Protocol;
import dev.ringfork.reactor.protocol.Session;
import dev.ringfork.reactor.testing.Waiting;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * A protocol that does what a test says and shows what happened; for one connection at a time.
 *
 * <p>What is set to happen is set before the server starts. What the test asks is safe for use by
 * many threads.
 */
final class Probe implements Protocol {
    final CountDownLatch connected = new CountDownLatch(1);
    final CountDownLatch ended = new CountDownLatch(1);
    final CountDownLatch expired = new CountDownLatch(1);
    final CountDownLatch draining = new CountDownLatch(1);
    final CountDownLatch writable = new CountDownLatch(1);
    final AtomicInteger closings = new AtomicInteger();
    private final BlockingQueue<Connection> opened = new ArrayBlockingQueue<>(1);
    private final BlockingQueue<String> received = new LinkedBlockingQueue<>();
    private final BlockingQueue<Integer> closed = new LinkedBlockingQueue<>();
    private Consumer<Connection> onOpen = connection -> {};
    private BiConsumer<Connection, Buffer> onReceived = (connection, in) -> in.consume(in.length());
    private Consumer<Connection> onConnected = connection -> {};
    private Consumer<Connection> onEnd = Connection::close;
    private Consumer<Connection> onWritable = connection -> {};
    private Consumer<Connection> onExpired = Connection::close;
    private Consumer<Connection> onDraining = Connection::close;
    private Consumer<Connection> onClosed = connection -> {};

    // ---- what it is to do

    Probe onOpen(Consumer<Connection> action) {
        onOpen = action;
        return this;
    }

    Probe onConnected(Consumer<Connection> action) {
        onConnected = action;
        return this;
    }

    Probe onReceived(BiConsumer<Connection, Buffer> action) {
        onReceived = action;
        return this;
    }

    Probe onEnd(Consumer<Connection> action) {
        onEnd = action;
        return this;
    }

    Probe onWritable(Consumer<Connection> action) {
        onWritable = action;
        return this;
    }

    Probe onExpired(Consumer<Connection> action) {
        onExpired = action;
        return this;
    }

    Probe onDraining(Consumer<Connection> action) {
        onDraining = action;
        return this;
    }

    Probe onClosed(Consumer<Connection> action) {
        onClosed = action;
        return this;
    }

    // ---- what it is told

    @Override
    public Session open(Connection connection) {
        opened.offer(connection);
        onOpen.accept(connection);
        return new Told(connection);
    }

    private final class Told implements Session {
        private final Connection connection;

        private Told(Connection connection) {
            this.connection = connection;
        }

        @Override
        public void connected(Connection connection) {
            connected.countDown();
            onConnected.accept(connection);
        }

        @Override
        public void received(Buffer in) {
            byte[] bytes = new byte[in.length()];
            in.view().get(bytes);
            received.add(new String(bytes, ISO_8859_1));
            onReceived.accept(connection, in);
        }

        @Override
        public void endOfInput(Connection connection) {
            ended.countDown();
            onEnd.accept(connection);
        }

        @Override
        public void writable(Connection connection) {
            writable.countDown();
            onWritable.accept(connection);
        }

        @Override
        public void expired(Connection connection) {
            expired.countDown();
            onExpired.accept(connection);
        }

        @Override
        public void draining(Connection connection) {
            draining.countDown();
            onDraining.accept(connection);
        }

        @Override
        public void closed(Connection connection, int errno) {
            closings.incrementAndGet();
            try {
                onClosed.accept(connection);
            } finally {
                closed.add(errno);
            }
        }
    }

    // ---- what the test asks

    /** Waits for the connection, the first one if there are more. */
    Connection awaitOpen() {
        // Left where it is: taken out, it would make room for a second one that comes meanwhile.
        Waiting.until(() -> !opened.isEmpty(), "the connection");
        return opened.element();
    }

    /** Waits for the next call with bytes, and shows all that were readable then. */
    String awaitReceived() {
        return Waiting.of(received, "bytes");
    }

    /** Waits for bytes until so many came that were consumed at once. */
    String awaitReceived(int count) {
        StringBuilder all = new StringBuilder();
        while (all.length() < count) {
            all.append(awaitReceived());
        }
        return all.toString();
    }

    /** Whether the session was called with bytes that nobody has asked for yet. */
    boolean hasReceived() {
        return !received.isEmpty();
    }

    /** Waits for the last call, and says with which errno it came. */
    int awaitClosed() {
        return Waiting.of(closed, "the end of the connection");
    }

    /**
     * Waits for the last call like {@link #awaitClosed}, when something else must have come first.
     */
    int awaitClosedAfter(CountDownLatch first) {
        int errno = awaitClosed();
        assertEquals(0, first.getCount(), "closed with " + Errno.name(errno) + " before its time");
        return errno;
    }

    /** Asks the connection something on its own thread. */
    <T> T ask(Function<Connection, T> question) {
        Connection asked = awaitOpen();
        BlockingQueue<T> answer = new ArrayBlockingQueue<>(1);
        if (!asked.execute(() -> answer.add(question.apply(asked)))) {
            throw new AssertionError("the loop takes no task");
        }
        return Waiting.of(answer, "the answer of the loop");
    }

    /** Uses the connection on its own thread; returns when that is done. */
    void run(Consumer<Connection> use) {
        ask(asked -> {
            use.accept(asked);
            return true;
        });
    }

    /** Holds the loop until closed, so that what happens meanwhile is all there when it goes on. */
    Hold hold() {
        return new Hold(awaitOpen());
    }

    /** See {@link #hold}. */
    static final class Hold implements AutoCloseable {
        private final CountDownLatch release = new CountDownLatch(1);

        private Hold(Connection connection) {
            CountDownLatch held = new CountDownLatch(1);
            connection.execute(() -> {
                held.countDown();
                Waiting.of(release, "the release of the loop");
            });
            Waiting.of(held, "the loop to be held");
        }

        @Override
        public void close() {
            release.countDown();
        }
    }

    /** Waits until nothing is queued, as what a handshake has left may be for a moment. */
    void awaitEmptyQueue() {
        Waiting.until(() -> ask(Connection::queuedBytes) == 0, "an empty queue");
    }
}
