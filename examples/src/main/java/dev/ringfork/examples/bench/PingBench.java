// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.bench;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.LongStream;

/**
 * Fairness: connections that ping an echo server now and then, beside some that flood it.
 *
 * <p>Each ping is due at a fixed time, and its latency counts from then: a server that stalls is
 * charged for all the pings that it has delayed, not for one. The clients are blocking sockets of
 * the JDK, nothing of the server's; those that flood have platform threads, since on virtual ones
 * they would hold up the pings themselves.
 */
public final class PingBench {
    private static final int PING_BYTES = 64;
    private static final int FLOOD_BYTES = 64 * 1024;

    private final InetSocketAddress server;
    private final Plan plan;
    private final List<Latencies> latencies = new ArrayList<>();
    private final LongAdder flooded = new LongAdder();
    private final LongAdder lost = new LongAdder();
    private final List<Socket> open = new ArrayList<>();
    private final AtomicLong endNs = new AtomicLong(Long.MAX_VALUE);

    /**
     * What to do.
     *
     * @param pinging how many connections ping
     * @param flooding how many send as fast as they can
     * @param interval between the pings of one connection
     * @param duration of all
     */
    public record Plan(int pinging, int flooding, Duration interval, Duration duration) {
        /** How often a connection pings. */
        int pings() {
            return (int) (duration.toNanos() / interval.toNanos()) + 1;
        }
    }

    /** The latencies of one connection, all of them: exact, and what they cost is known before. */
    private static final class Latencies {
        private final long[] ns;
        private int count;

        Latencies(int most) {
            ns = new long[most];
        }

        void add(long latencyNs) {
            if (count < ns.length) {
                ns[count++] = latencyNs;
            }
        }

        LongStream stream() {
            return Arrays.stream(ns, 0, count);
        }
    }

    /**
     * What was seen.
     *
     * @param latencies in nanoseconds, the shortest first
     * @param floodedBytes echoed to those that flood
     * @param lost connections that the server closed
     */
    public record Outcome(List<Long> latencies, long floodedBytes, long lost) {
        /** The latency that so many percent of the pings did not exceed, in nanoseconds; or 0. */
        public long percentile(double percent) {
            int rank = (int) Math.ceil(percent / 100 * latencies.size());
            return latencies.isEmpty() ? 0 : latencies.get(Math.max(0, rank - 1));
        }
    }

    /** Prepares; connects to nobody yet. */
    public PingBench(InetSocketAddress server, Plan plan) {
        this.server = server;
        this.plan = plan;
    }

    /**
     * Runs it all.
     *
     * @throws IOException if the server cannot be reached
     */
    public Outcome run() throws IOException, InterruptedException {
        List<Thread> threads = new ArrayList<>();
        try {
            for (int i = 0; i < plan.pinging + plan.flooding; i++) {
                Socket socket = connect();
                threads.add(
                        i < plan.pinging
                                ? Thread.ofVirtual().unstarted(pinging(socket, i))
                                : Thread.ofPlatform().unstarted(flooding(socket)));
            }
            endNs.set(System.nanoTime() + plan.duration.toNanos());
            threads.forEach(Thread::start);
            Thread.sleep(plan.duration);
        } finally {
            for (Socket socket : open) {
                socket.close();
            }
        }
        for (Thread thread : threads) {
            thread.join();
        }
        List<Long> sorted =
                latencies.stream().flatMapToLong(Latencies::stream).sorted().boxed().toList();
        return new Outcome(sorted, flooded.sum(), lost.sum());
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket();
        open.add(socket);
        socket.setTcpNoDelay(true);
        socket.connect(server);
        return socket;
    }

    private Runnable pinging(Socket socket, int number) {
        // Spread over the interval, or the server would meet them all at once.
        long phaseNs = plan.interval.toNanos() * number / plan.pinging;
        Latencies own = new Latencies(plan.pings());
        latencies.add(own);
        return untilLost(() -> ping(socket, System.nanoTime() + phaseNs, own));
    }

    private Runnable flooding(Socket socket) {
        return untilLost(() -> {
            Thread.ofPlatform().start(() -> flood(socket));
            drain(socket);
        });
    }

    private interface Exchange {
        void run() throws IOException;
    }

    /** At the end all are closed from here: that is no loss. */
    private Runnable untilLost(Exchange exchange) {
        return () -> {
            try {
                exchange.run();
            } catch (IOException e) {
                if (System.nanoTime() < endNs.get()) {
                    lost.increment();
                }
            }
        };
    }

    private void ping(Socket socket, long firstNs, Latencies own) throws IOException {
        InputStream in = socket.getInputStream();
        OutputStream out = socket.getOutputStream();
        byte[] bytes = new byte[PING_BYTES];
        for (long dueNs = firstNs; dueNs < endNs.get(); dueNs += plan.interval.toNanos()) {
            while (System.nanoTime() < dueNs) {
                LockSupport.parkNanos(dueNs - System.nanoTime());
            }
            out.write(bytes);
            if (in.readNBytes(bytes, 0, PING_BYTES) < PING_BYTES) {
                throw new IOException("the server closed");
            }
            own.add(System.nanoTime() - dueNs);
        }
    }

    private static void flood(Socket socket) {
        byte[] bytes = new byte[FLOOD_BYTES];
        try {
            OutputStream out = socket.getOutputStream();
            while (true) {
                out.write(bytes);
            }
        } catch (IOException e) {
            // The reading side says what has become of the connection.
        }
    }

    private void drain(Socket socket) throws IOException {
        InputStream in = socket.getInputStream();
        byte[] bytes = new byte[FLOOD_BYTES];
        for (int n; (n = in.read(bytes)) >= 0; ) {
            flooded.add(n);
        }
        throw new IOException("the server closed");
    }
}
