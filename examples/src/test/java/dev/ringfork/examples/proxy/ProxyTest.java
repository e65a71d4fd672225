// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.proxy;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.ringfork.bindings.Address;
import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.SocketOption;
import dev.ringfork.reactor.demux.Trigger;
import dev.ringfork.reactor.server.Architecture;
import dev.ringfork.reactor.server.Engine;
import dev.ringfork.reactor.server.Server;
import dev.ringfork.reactor.server.ServerSettings;
import dev.ringfork.reactor.server.SocketOptions;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.CsvSource;

/** A proxy between the JDK's sockets, on every engine, and with threads beside the loop. */
@ParameterizedClass
@CsvSource({
    "AUTO, LEVEL, REACTOR",
    "EPOLL, EDGE, REACTOR",
    "EPOLL, ONESHOT, REACTOR",
    "POLL, LEVEL, REACTOR",
    "SELECT, LEVEL, REACTOR",
    "AUTO, LEVEL, SIMULATED_PROACTOR",
    "EPOLL, EDGE, SIMULATED_PROACTOR",
    "AUTO, LEVEL, HALF_SYNC_HALF_ASYNC",
    "EPOLL, EDGE, HALF_SYNC_HALF_ASYNC",
    "AUTO, LEVEL, BUFFERED_POOL",
    "EPOLL, EDGE, BUFFERED_POOL"
})
final class ProxyTest {
    private static final int TIMEOUT_MS = 10_000;
    private static final int BULK = 2 << 20;

    private final Engine engine;
    private final Trigger trigger;
    private final Architecture architecture;
    private final BlockingQueue<Integer> unreachable = new LinkedBlockingQueue<>();
    private final List<AutoCloseable> opened = new ArrayList<>();
    private final ServerSocket upstream = opened(listen(50));
    private Duration connectTimeout = Duration.ofSeconds(10);

    ProxyTest(Engine engine, Trigger trigger, Architecture architecture) throws IOException {
        this.engine = engine;
        this.trigger = trigger;
        this.architecture = architecture;
    }

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable each : opened) {
            each.close();
        }
    }

    private static ServerSocket listen(int backlog) throws IOException {
        ServerSocket listener = new ServerSocket(0, backlog, InetAddress.getLoopbackAddress());
        listener.setSoTimeout(TIMEOUT_MS);
        return listener;
    }

    private <T extends AutoCloseable> T opened(T one) {
        opened.add(one);
        return one;
    }

    private Server proxy() {
        return proxy(upstream);
    }

    private Server proxy(ServerSocket upstream) {
        // Small buffers in the kernel: who does not read is noticed early.
        SocketOptions small =
                SocketOptions.DEFAULT
                        .with(SocketOption.SO_RCVBUF, 32_768)
                        .with(SocketOption.SO_SNDBUF, 32_768);
        return opened(
                Server.builder(
                                new ProxyProtocol(
                                        Address.parse("127.0.0.1:" + upstream.getLocalPort()),
                                        connectTimeout,
                                        Duration.ZERO,
                                        unreachable::add))
                        .listen(Address.parse("127.0.0.1:0"))
                        .architecture(architecture)
                        .engine(engine)
                        .trigger(trigger)
                        .settings(ServerSettings.builder().socketOptions(small).build())
                        .start());
    }

    private Socket client(Server proxy) throws IOException {
        int port = ((Address.Inet4) proxy.addresses().getFirst()).port();
        return deadline(new Socket(InetAddress.getLoopbackAddress(), port));
    }

    private Socket accept() throws IOException {
        return deadline(upstream.accept());
    }

    private Socket deadline(Socket socket) throws IOException {
        socket.setSoTimeout(TIMEOUT_MS);
        return opened(socket);
    }

    private static byte[] bulk(int seed) {
        byte[] bytes = new byte[BULK];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    private static void send(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(US_ASCII));
    }

    private static String read(Socket socket, int bytes) throws IOException {
        return new String(socket.getInputStream().readNBytes(bytes), US_ASCII);
    }

    private static String readToEnd(Socket socket) throws IOException {
        return new String(socket.getInputStream().readAllBytes(), US_ASCII);
    }

    /** The common pool may have one thread, and these wait for each other. */
    private static <T> CompletableFuture<T> beside(Callable<T> task) {
        CompletableFuture<T> future = new CompletableFuture<>();
        Thread.startVirtualThread(() -> {
            try {
                future.complete(task.call());
            } catch (Exception e) {
                future.completeExceptionally(e);
            }
        });
        return future;
    }

    private static CompletableFuture<Boolean> sending(Socket socket, byte[] bytes) {
        return beside(() -> {
            socket.getOutputStream().write(bytes);
            socket.shutdownOutput();
            return true;
        });
    }

    @Test
    void shouldHandBytesOnInBothDirectionsAtOnce() throws Exception {
        byte[] there = bulk(1);
        byte[] back = bulk(2);
        Socket client = client(proxy());
        Socket server = accept();

        CompletableFuture<Boolean> request = sending(client, there);
        CompletableFuture<Boolean> answer = sending(server, back);
        CompletableFuture<byte[]> arrived = beside(() -> server.getInputStream().readAllBytes());

        assertArrayEquals(back, client.getInputStream().readAllBytes());
        assertArrayEquals(there, arrived.get(TIMEOUT_MS, TimeUnit.MILLISECONDS));
        request.get(TIMEOUT_MS, TimeUnit.MILLISECONDS);
        answer.get(TIMEOUT_MS, TimeUnit.MILLISECONDS);
    }

    @Test
    void shouldSlowDownWhoSendsForWhoReadsSlowly() throws Exception {
        byte[] bytes = bulk(3);
        Server proxy = proxy();
        Socket client = client(proxy);
        CompletableFuture<Boolean> answer = sending(accept(), bytes);

        // Until nothing moves any more, the client has read nothing.
        long taken = awaitStillness(proxy);

        assertTrue(taken < BULK / 2, () -> "taken without being read: " + taken);
        InputStream in = client.getInputStream();
        assertArrayEquals(bytes, in.readAllBytes());
        answer.get(TIMEOUT_MS, TimeUnit.MILLISECONDS);
    }

    /** The bytes received when for a while none came. */
    private static long awaitStillness(Server proxy) {
        long last = 0;
        for (int same = 0; same < 50; ) {
            LockSupport.parkNanos(2_000_000);
            long now = proxy.statistics().bytesIn();
            same = now == last && now > 0 ? same + 1 : 0;
            last = now;
        }
        return last;
    }

    @Test
    void shouldLetTheServerAnswerAfterTheClientHasSaidAll() throws Exception {
        Socket client = client(proxy());
        Socket server = accept();
        send(client, "question");
        client.shutdownOutput();

        assertEquals("question", readToEnd(server));
        send(server, "answer");
        server.shutdownOutput();

        assertEquals("answer", readToEnd(client));
    }

    @Test
    void shouldLetTheClientGoOnAfterTheServerHasSaidAll() throws Exception {
        Socket client = client(proxy());
        Socket server = accept();
        send(server, "greeting");
        server.shutdownOutput();

        assertEquals("greeting", readToEnd(client));
        send(client, "more");
        client.close();

        assertEquals("more", readToEnd(server));
    }

    @Test
    void shouldHandOnAResetOfTheClient() throws Exception {
        Socket client = client(proxy());
        Socket server = accept();
        send(client, "begun");
        assertEquals("begun", read(server, 5));

        client.setSoLinger(true, 0);
        client.close();

        assertThrows(SocketException.class, () -> readToEnd(server));
    }

    @Test
    void shouldHandOnAResetOfTheServer() throws Exception {
        Socket client = client(proxy());
        Socket server = accept();
        send(server, "begun");
        assertEquals("begun", read(client, 5));

        server.setSoLinger(true, 0);
        server.close();

        assertThrows(SocketException.class, () -> readToEnd(client));
    }

    @Test
    void shouldSayThatTheServerRefuses() throws Exception {
        upstream.close();
        Socket client = client(proxy());

        assertThrows(SocketException.class, () -> readToEnd(client));

        assertEquals(Errno.ECONNREFUSED, unreachable.poll(TIMEOUT_MS, TimeUnit.MILLISECONDS));
    }

    @Test
    void shouldGiveUpAServerThatDoesNotAnswer() throws Exception {
        upstream.close();
        try (ServerSocket full = listen(1)) {
            fill(full);
            connectTimeout = Duration.ofMillis(50);
            Socket client = client(proxy(full));

            assertThrows(SocketException.class, () -> readToEnd(client));
        }
        assertEquals(Errno.ETIMEDOUT, unreachable.poll(TIMEOUT_MS, TimeUnit.MILLISECONDS));
    }

    private void fill(ServerSocket listener) throws IOException {
        for (int i = 0; i < 64; i++) {
            SocketChannel channel = opened(SocketChannel.open());
            channel.configureBlocking(false);
            InetSocketAddress here =
                    new InetSocketAddress(listener.getInetAddress(), listener.getLocalPort());
            if (!channel.connect(here) && !channel.finishConnect()) {
                return;
            }
        }
        abort("this system queues without end");
    }

    @Test
    void shouldGoOnWhileItDrains() throws Exception {
        Server proxy = proxy();
        Socket client = client(proxy);
        Socket server = accept();
        send(client, "begun");
        assertEquals("begun", read(server, 5));

        proxy.drain(Duration.ofSeconds(10));
        send(server, "finished");
        server.close();

        assertEquals("finished", readToEnd(client));
        client.close();
        proxy.awaitStop();
        assertEquals(0, proxy.statistics().cut());
    }
}
