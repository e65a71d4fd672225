// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.http;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringfork.bindings.Address;
import dev.ringfork.reactor.demux.Trigger;
import dev.ringfork.reactor.server.Engine;
import dev.ringfork.reactor.server.Server;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The protocol over real sockets, as a client sees it. */
final class HttpServerTest {
    private static final String GET = "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n";
    private static final int MEBIBYTE = 1024 * 1024;

    @TempDir private Path folder;

    private static Server start(Handler handler, Engine engine, Trigger trigger) {
        return Server.builder(new HttpProtocol(handler))
                .listen(Address.parse("127.0.0.1:0"))
                .engine(engine)
                .trigger(trigger)
                .start();
    }

    private Server start(Handler handler) {
        return start(handler, Engine.AUTO, Trigger.LEVEL);
    }

    private Handler application() {
        return ExampleApplication.handler("hi", folder);
    }

    /** A client that takes its time into its own hands. */
    private static final class Client implements AutoCloseable {
        final Socket socket;
        final InputStream in;
        final OutputStream out;

        Client(Server server) throws IOException {
            int port = ((Address.Inet4) server.addresses().get(0)).port();
            socket = new Socket(InetAddress.getLoopbackAddress(), port);
            socket.setSoTimeout(20_000);
            socket.setTcpNoDelay(true);
            in = new BufferedInputStream(socket.getInputStream());
            out = socket.getOutputStream();
        }

        Client send(String text) throws IOException {
            out.write(text.getBytes(StandardCharsets.ISO_8859_1));
            out.flush();
            return this;
        }

        String head() throws IOException {
            StringBuilder head = new StringBuilder();
            while (head.indexOf("\r\n\r\n") < 0) {
                int b = in.read();
                if (b < 0) {
                    throw new EOFException("after: " + head);
                }
                head.append((char) b);
            }
            return head.toString();
        }

        /** A response with a Content-Length. */
        String response() throws IOException {
            String head = head();
            String name = "\r\nContent-Length: ";
            int at = head.indexOf(name) + name.length();
            int length = Integer.parseInt(head, at, head.indexOf('\r', at), 10);
            return head + new String(in.readNBytes(length), StandardCharsets.ISO_8859_1);
        }

        /** A chunked body. */
        byte[] chunks() throws IOException {
            ByteArrayOutputStream body = new ByteArrayOutputStream();
            int size;
            do {
                StringBuilder line = new StringBuilder();
                while (line.indexOf("\r\n") < 0) {
                    line.append((char) in.read());
                }
                size = Integer.parseInt(line, 0, line.length() - 2, 16);
                body.write(in.readNBytes(size));
                assertEquals("\r\n", new String(in.readNBytes(2), StandardCharsets.US_ASCII));
            } while (size > 0);
            return body.toByteArray();
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    private static byte[] noise(int size) {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        return bytes;
    }

    @ParameterizedTest
    @CsvSource({"AUTO, LEVEL", "AUTO, EDGE", "AUTO, ONESHOT", "POLL, LEVEL", "SELECT, LEVEL"})
    void shouldServeOnEveryEngine(Engine engine, Trigger trigger) throws Exception {
        byte[] file = noise(5 * MEBIBYTE);
        Files.write(folder.resolve("large.bin"), file);
        try (Server server = start(application(), engine, trigger);
                Client client = new Client(server)) {
            for (int i = 0; i < 100; i++) {
                assertTrue(client.send(GET).response().endsWith("Hello, world!\n"));
            }
            client.send(GET.repeat(2000));
            for (int i = 0; i < 2000; i++) {
                assertTrue(client.response().endsWith("Hello, world!\n"));
            }
            for (byte b : GET.getBytes(StandardCharsets.US_ASCII)) {
                client.out.write(b);
            }
            assertTrue(client.response().endsWith("Hello, world!\n"));
            String request = "GET /files/large.bin HTTP/1.1\r\nHost: a\r\n\r\n";
            client.send(request + GET + request);
            client.head();
            assertArrayEquals(file, client.in.readNBytes(file.length));
            assertTrue(client.response().endsWith("Hello, world!\n"));
            client.head();
            assertArrayEquals(file, client.in.readNBytes(file.length));
        }
    }

    @ParameterizedTest
    @CsvSource({"LEVEL, false", "EDGE, false", "LEVEL, true", "EDGE, true"})
    void shouldEchoALargeUpload(Trigger trigger, boolean chunked) throws Exception {
        byte[] upload = noise(20 * MEBIBYTE);
        try (Server server = start(application(), Engine.AUTO, trigger);
                Client client = new Client(server)) {
            CompletableFuture<Void> sending =
                    CompletableFuture.runAsync(() -> upload(client, upload, chunked));
            client.head();
            byte[] echoed = chunked ? client.chunks() : client.in.readNBytes(upload.length);
            assertArrayEquals(upload, echoed);
            sending.get(20, TimeUnit.SECONDS);
            assertTrue(client.send(GET).response().endsWith("Hello, world!\n"));
        }
    }

    private static void upload(Client client, byte[] upload, boolean chunked) {
        try {
            String length =
                    chunked ? "Transfer-Encoding: chunked" : "Content-Length: " + upload.length;
            client.send(Heads.of("POST /echo HTTP/1.1", "Host: a", length));
            int piece = chunked ? 50_000 : upload.length;
            for (int at = 0; at < upload.length; at += piece) {
                int size = Math.min(piece, upload.length - at);
                if (chunked) {
                    client.send(Integer.toHexString(size) + "\r\n");
                }
                client.out.write(upload, at, size);
                if (chunked) {
                    client.send("\r\n");
                }
            }
            if (chunked) {
                client.send("0\r\n\r\n");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The answer must not be destroyed by a reset while the client still sends. */
    @Test
    void shouldLetAClientReadARefusalWhateverItSends() throws Exception {
        Handler collect = request -> Response.afterBody(body -> Response.text("never"));
        try (Server server = start(collect)) {
            for (int i = 0; i < 100; i++) {
                try (Client client = new Client(server)) {
                    client.send(Heads.of("PUT / HTTP/1.1", "Host: a", "Content-Length: 9999999"));
                    client.out.write(new byte[MEBIBYTE]);
                    assertTrue(client.response().startsWith("HTTP/1.1 413 "));
                    assertEquals(-1, client.in.read());
                }
            }
        }
    }

    @Test
    void shouldEndAConnectionThatWasToldSo() throws Exception {
        try (Server server = start(application());
                Client client = new Client(server)) {
            client.send(Heads.of("GET /hello HTTP/1.0"));
            assertTrue(client.response().contains("\r\nConnection: close\r\n"));
            assertEquals(-1, client.in.read());
        }
    }

    @Test
    void shouldAnswerAClientThatHasEndedItsDirection() throws Exception {
        try (Server server = start(application());
                Client client = new Client(server)) {
            client.send(GET.repeat(3));
            client.socket.shutdownOutput();
            for (int i = 0; i < 3; i++) {
                assertTrue(client.response().endsWith("Hello, world!\n"));
            }
            assertEquals(-1, client.in.read());
        }
    }

    /** A drain begins on the loop: that it has is seen by the listener being gone. */
    private static void awaitRefusal(Server server) throws IOException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        boolean refused = false;
        while (!refused) {
            assertTrue(System.nanoTime() < end, "the listener is still there");
            try {
                new Client(server).close();
            } catch (ConnectException e) {
                refused = true;
            }
        }
    }

    @Test
    void shouldAnswerWhatIsInFlightWhenItDrains() throws Exception {
        CompletableFuture<Deferred> deferred = new CompletableFuture<>();
        Handler handler = request -> Response.later(deferred::complete);
        try (Server server = start(handler);
                Client client = new Client(server)) {
            client.send(GET);
            Deferred later = deferred.get(20, TimeUnit.SECONDS);
            server.drain(Duration.ofSeconds(20));
            awaitRefusal(server);
            assertTrue(later.complete(Response.text("the last")));
            String response = client.response();
            assertTrue(response.contains("\r\nConnection: close\r\n"), response);
            assertTrue(response.endsWith("the last"), response);
            assertEquals(-1, client.in.read());
            client.socket.close();
            server.awaitStop();
            assertEquals(0, server.statistics().cut());
        }
    }
}
