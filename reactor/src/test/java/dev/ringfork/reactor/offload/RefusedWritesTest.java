// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.offload;

import dev.ringfork.reactor.BufferPool;
import dev.ringfork.reactor.BufferSource;
import dev.ringfork.reactor.protocol.Buffer;
import dev.ringfork.reactor.protocol.Connection;
import dev.ringfork.reactor.protocol.Session;
import dev.ringfork.reactor.testing.Proxies;
import dev.ringfork.reactor.testing.Waiting;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/**
 * Writes that are refused while the loop sends what was written before. The peer takes all at once,
 * so that the last byte goes at any moment of the write.
 */
final class RefusedWritesTest {
    private static final int BUFFER = 512;

    /** Long enough for tens of thousands of refusals. */
    private static final long DURATION_NS = Duration.ofSeconds(1).toNanos();

    private final BufferPool pool = new BufferPool(BUFFER, 16 * BUFFER);
    private final Queue<Runnable> ready = new ConcurrentLinkedQueue<>();
    private final AtomicInteger told = new AtomicInteger();
    private final Offload offload =
            new Offload(
                    Writing::new,
                    false,
                    // Room for one buffer.
                    new Limits(BUFFER, BUFFER, BUFFER, 1),
                    () -> ready::add,
                    host());
    private long queuedBytes;
    private volatile boolean over;

    @Test
    void shouldTellOfRoomAfterEveryRefusal() {
        Thread loop = Thread.ofPlatform().start(this::turn);
        Thread worker = Thread.ofPlatform().start(this::work);
        long beganNs = System.nanoTime();

        try {
            while (System.nanoTime() - beganNs < DURATION_NS) {
                int before = told.get();
                Waiting.until(() -> told.get() > before, "the end of a refusal");
            }
        } finally {
            over = true;
            Waiting.of(loop);
            Waiting.of(worker);
            pool.close();
        }
    }

    /** Writes in call after call until that is refused, and again as soon as it is told to. */
    private final class Writing implements Session {
        private final Connection connection;

        Writing(Connection connection) {
            this.connection = connection;
            connection.execute(this::write);
        }

        private void write() {
            if (connection.write(new byte[1])) {
                connection.execute(this::write);
            }
        }

        @Override
        public void writable(Connection same) {
            told.getAndIncrement();
            write();
        }

        @Override
        public void received(Buffer in) {
            throw new AssertionError("nothing is received");
        }
    }

    // ---- the threads, neither of which waits for the other

    private void work() {
        while (!over) {
            Runnable strand = ready.poll();
            if (strand != null) {
                strand.run();
            } else {
                letOthers();
            }
        }
    }

    private void turn() {
        SentListener session = (SentListener) offload.open(connection());
        while (!over) {
            offload.apply();
            if (queuedBytes > 0) {
                queuedBytes = 0;
                session.sent();
            } else {
                letOthers();
            }
        }
    }

    @SuppressWarnings("ThreadPriorityCheck") // Where there is one processor, the other needs it.
    private static void letOthers() {
        Thread.yield();
    }

    private LoopEnd connection() {
        return Proxies.of(
                LoopEnd.class,
                (self, method, arguments) ->
                        switch (method.getName()) {
                            case "append" -> {
                                Buffer filled = (Buffer) arguments[0];
                                queuedBytes += filled.length();
                                offload.release(filled);
                                yield null;
                            }
                            case "queuedBytes" -> queuedBytes;
                            case "queuedFiles", "fd" -> 0;
                            case "packets" -> false;
                            default -> throw new AssertionError(method);
                        });
    }

    private Host host() {
        return Proxies.of(
                Host.class,
                (self, method, arguments) ->
                        switch (method.getName()) {
                            case "buffers" -> buffers();
                            case "wakeup" -> null;
                            default -> throw new AssertionError(method);
                        });
    }

    /** The pool for many threads. */
    private BufferSource buffers() {
        return Proxies.of(
                BufferSource.class,
                (self, method, arguments) -> {
                    synchronized (pool) {
                        return Proxies.invoke(method, pool, arguments);
                    }
                });
    }
}
