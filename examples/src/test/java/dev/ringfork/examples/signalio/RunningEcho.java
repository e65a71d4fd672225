// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.signalio;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.ringfork.bindings.Address;
import dev.ringfork.bindings.Syscalls;
import dev.ringfork.examples.signalio.SignalDrivenEcho.Statistics;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** A server on a thread of its own, and clients of it that look at what comes back. */
final class RunningEcho implements AutoCloseable {
    private static final int DEADLINE_MS = 20_000;

    private final SignalDrivenEcho server;
    private final Thread thread;
    private final int port;

    RunningEcho(Syscalls syscalls, boolean plain) {
        server = new SignalDrivenEcho(syscalls, Address.parse("127.0.0.1:0"), plain);
        port = ((Address.Inet4) server.address()).port();
        thread = Thread.ofPlatform().name("signal-echo").start(server::run);
    }

    static byte[] random(int bytes, long seed) {
        byte[] random = new byte[bytes];
        new Random(seed).nextBytes(random);
        return random;
    }

    Socket connect() throws IOException {
        Socket socket = new Socket();
        socket.setSoTimeout(DEADLINE_MS);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), DEADLINE_MS);
        return socket;
    }

    /** Sends in pieces, each after the former has come back. */
    static void converse(Socket socket, int rounds, int bytes) throws IOException {
        for (int round = 0; round < rounds; round++) {
            byte[] sent = random(bytes, round);
            socket.getOutputStream().write(sent);
            assertArrayEquals(sent, socket.getInputStream().readNBytes(bytes));
        }
    }

    /** Sends everything while it is reading, then ends its direction. */
    static void stream(Socket socket, int bytes) throws Exception {
        byte[] sent = random(bytes, bytes);
        try (ExecutorService writer = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<?> written =
                    writer.submit(() -> {
                        socket.getOutputStream().write(sent);
                        socket.shutdownOutput();
                        return null;
                    });
            assertArrayEquals(sent, socket.getInputStream().readAllBytes());
            written.get(DEADLINE_MS, TimeUnit.MILLISECONDS);
        }
    }

    /** What one client does. */
    interface Client {
        void use(Socket socket) throws Exception;
    }

    /** Many clients at once, each with connections one after the other. */
    void serve(int clients, int connections, Client client) throws Exception {
        try (ExecutorService all = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> done = new ArrayList<>();
            for (int i = 0; i < clients; i++) {
                done.add(
                        all.submit(() -> {
                            for (int c = 0; c < connections; c++) {
                                try (Socket socket = connect()) {
                                    client.use(socket);
                                }
                            }
                            return null;
                        }));
            }
            for (Future<?> each : done) {
                await(each);
            }
        }
    }

    private static void await(Future<?> client) throws Exception {
        try {
            client.get(2L * DEADLINE_MS, TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw new AssertionError("a client was not served", e);
        }
    }

    /** Ends the server and says what it did. */
    Statistics finish() throws InterruptedException {
        server.stop();
        thread.join(DEADLINE_MS);
        assertFalse(thread.isAlive(), "the server does not stop");
        return server.statistics();
    }

    @Override
    public void close() {
        try {
            finish();
        } catch (InterruptedException e) {
            throw new AssertionError("the server was not awaited", e);
        }
        server.close();
    }
}
