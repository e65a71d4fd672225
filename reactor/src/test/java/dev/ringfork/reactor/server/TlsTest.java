// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.server;

import static dev.ringfork.bindings.Errno.ECONNRESET;
import static dev.ringfork.bindings.Errno.EPROTO;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringfork.bindings.Address;
import dev.ringfork.bindings.Syscalls;
import dev.ringfork.reactor.protocol.Connection;
import dev.ringfork.reactor.protocol.Protocol;
import dev.ringfork.reactor.testing.Certificates;
import dev.ringfork.reactor.testing.Certificates.Kind;
import dev.ringfork.reactor.testing.EngineUnderTest;
import dev.ringfork.reactor.testing.NoLeakedDescriptors;
import dev.ringfork.reactor.testing.Waiting;
import dev.ringfork.reactor.tls.TlsContext;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What TLS adds to the servers' contract: handshakes, ends, alerts, and clients that err. */
@ExtendWith(NoLeakedDescriptors.class)
final class TlsTest {
    private static final int MANY = 10_000_000;

    private Rig rig = rig(EngineUnderTest.EPOLL_LEVEL);
    private Certificates.Pair pair = Certificates.of(Kind.EC);
    private TlsContext context = TlsContext.load(pair.certificate(), pair.key());

    private static Rig rig(EngineUnderTest engine) {
        return new Rig(engine, LoopsUnderTest.ONE, Syscalls.get(), false);
    }

    private void use(Rig other) {
        rig.close();
        rig = other;
    }

    @AfterEach
    void closeRig() {
        rig.close();
    }

    private void start(Protocol protocol) {
        start(protocol, settings -> settings);
    }

    private void start(Protocol protocol, UnaryOperator<ServerSettings.Builder> settings) {
        rig.startTls(protocol, context, settings);
    }

    private Client connect() {
        return connect(socket -> {});
    }

    private Client connect(Consumer<SSLSocket> preparation) {
        try {
            return rig.connect(pair.client(), new Socket(), preparation);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Consumer<SSLSocket> version(String version) {
        return socket -> socket.setEnabledProtocols(new String[] {version});
    }

    // ---- handshakes

    @ParameterizedTest
    @CsvSource({"EC, TLSv1.3", "EC, TLSv1.2", "RSA, TLSv1.3", "RSA, TLSv1.2", "ED25519, TLSv1.3"})
    void shouldSpeakWithEveryKindOfKey(Kind kind, String version) {
        pair = Certificates.of(kind);
        context = TlsContext.load(pair.certificate(), pair.key());
        start(Rig.ECHO);

        Client client = connect(version(version));

        client.ping();
        assertEquals(version, client.tls().getSession().getProtocol());
    }

    @Test
    void shouldChooseAProtocolThatBothKnow() {
        context = TlsContext.load(pair.certificate(), pair.key(), "http/1.1");
        start(Rig.ECHO);

        Client client = connect(asking("h2", "http/1.1"));

        client.ping();
        assertEquals("http/1.1", client.tls().getApplicationProtocol());
    }

    @Test
    void shouldRefuseAClientThatKnowsNoneOfItsProtocols() {
        context = TlsContext.load(pair.certificate(), pair.key(), "http/1.1");
        Probe probe = new Probe();
        start(probe);

        assertThrows(UncheckedIOException.class, () -> connect(asking("h2")));

        rig.awaitReport("a TLS handshake failed");
        connect().send("asks for none");
        assertEquals("asks for none", probe.awaitReceived(13));
    }

    private static Consumer<SSLSocket> asking(String... protocols) {
        return socket -> {
            SSLParameters parameters = socket.getSSLParameters();
            parameters.setApplicationProtocols(protocols);
            socket.setSSLParameters(parameters);
        };
    }

    @Test
    void shouldOpenTheSessionOnlyAfterTheHandshake() throws IOException {
        Probe probe = new Probe();
        start(probe);
        rig.connect(rig.server().addresses().getFirst());
        rig.awaitOpen(1);

        Client client = connect();

        // The first connection that the protocol inside sees is the one that shook hands.
        client.send("hello");
        assertEquals("hello", probe.awaitReceived(5));
    }

    @Test
    void shouldGiveUpOnAHandshakeThatTakesTooLong() throws IOException {
        context = TlsContext.load(pair.certificate(), pair.key(), Duration.ofMillis(30));
        start(Rig.ECHO);

        Client silent = rig.connect(rig.server().addresses().getFirst());
        silent.send(new byte[] {22, 3, 1, 2});

        silent.expectClosed();
        rig.awaitReport("a TLS handshake was given up");
    }

    @Test
    void shouldForgetTheEndOfTheHandshakeOnceItIsDone() {
        context = TlsContext.load(pair.certificate(), pair.key(), Duration.ofMillis(300));
        Probe probe = new Probe().onExpired(Connection::abort);
        start(probe);
        connect();

        // Later than the handshake's time: if that still counted, it would come first.
        probe.run(connection -> connection.expireAfter(Duration.ofMillis(400).toNanos()));

        assertEquals(0, probe.awaitClosedAfter(probe.expired));
    }

    @Test
    void shouldRefuseToRenegotiate() throws IOException {
        Probe probe = new Probe().onReceived((connection, in) -> connection.write(in));
        start(probe);
        Client client = connect(version("TLSv1.2"));
        client.ping();

        client.tls().startHandshake();

        client.expectClosed();
        assertEquals(EPROTO, probe.awaitClosed());
        rig.awaitReport("renegotiation");
    }

    // ---- bytes

    @ParameterizedTest
    @EnumSource
    void shouldEchoAStreamWithSmallBuffers(EngineUnderTest engine) {
        use(rig(engine));
        start(Rig.ECHO, settings -> settings.bufferBytes(4096));
        Client client = connect();
        byte[] bytes = Rig.bulk(MANY);
        Thread sender = Thread.ofPlatform().start(() -> client.send(bytes));

        byte[] back = client.readBytes(MANY);

        Waiting.of(sender);
        assertEquals(-1, Arrays.mismatch(bytes, back));
    }

    @ParameterizedTest
    @EnumSource
    void shouldEchoWhateverThreadsServe(LoopsUnderTest loops) {
        use(new Rig(EngineUnderTest.EPOLL_EDGE, loops, Syscalls.get(), false));
        start(Rig.ECHO, settings -> settings.bufferBytes(4096));
        byte[] bytes = Rig.bulk(1_000_000);
        for (int i = 0; i < 3; i++) {
            try (Client client = connect()) {
                Thread sender = Thread.ofPlatform().start(() -> client.send(bytes));
                assertArrayEquals(bytes, client.readBytes(bytes.length));
                Waiting.of(sender);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {64, 4096, 16_384, 32_768})
    void shouldPutRecordsTogetherThatArriveByteByByte(int bufferBytes) throws IOException {
        start(Rig.ECHO, settings -> settings.bufferBytes(bufferBytes));
        ShapedSocket socket = new ShapedSocket();
        Client client = rig.connect(pair.client(), socket, any -> {});
        socket.shape(ShapedSocket.Shape.BYTE_BY_BYTE);
        byte[] bytes = Rig.bulk(20_000);
        Thread sender = Thread.ofPlatform().start(() -> client.send(bytes));

        assertArrayEquals(bytes, client.readBytes(bytes.length));
        Waiting.of(sender);
    }

    @Test
    void shouldTakeManyRecordsOutOfOneRead() throws IOException {
        start(Rig.ECHO);
        ShapedSocket socket = new ShapedSocket();
        Client client = rig.connect(pair.client(), socket, any -> {});
        socket.shape(ShapedSocket.Shape.HELD);
        StringBuilder all = new StringBuilder();
        for (int i = 0; i < 300; i++) {
            client.send(i + ",");
            all.append(i).append(',');
        }
        socket.shape(ShapedSocket.Shape.AS_WRITTEN);

        assertEquals(all.toString(), client.read(all.length()));
    }

    @Test
    void shouldBoundWhatItQueuesForAPeerThatReadsLater() throws IOException {
        byte[] bytes = Rig.bulk(MANY);
        AtomicLong most = new AtomicLong();
        Probe probe =
                new Probe()
                        .onReceived((connection, in) -> {
                            assertTrue(connection.write(in));
                            most.accumulateAndGet(connection.queuedBytes(), Math::max);
                        });
        start(probe);
        Client client = connect();
        Thread sender = Thread.ofPlatform().start(() -> client.send(bytes));
        Waiting.until(() -> probe.ask(Connection::congested), "backpressure");

        byte[] back = client.readBytes(bytes.length);

        Waiting.of(sender);
        assertEquals(-1, Arrays.mismatch(bytes, back));
        ServerSettings settings = ServerSettings.DEFAULT;
        // Records are a little longer than what is in them.
        long bound = settings.highWaterBytes() + settings.bufferBytes() + 1024L;
        assertTrue(most.get() <= bound, () -> "queued " + most.get());
    }

    @Test
    void shouldPutSmallWritesOfOneCallIntoOneRecord() {
        Probe probe =
                new Probe()
                        .onReceived((connection, in) -> {
                            in.consume(in.length());
                            for (int i = 0; i < 1000; i++) {
                                connection.write(new byte[] {'.'});
                            }
                        });
        start(probe);
        Client client = connect();
        client.send("?");
        client.readBytes(1000);
        // The tickets of the handshake may be on their way still.
        probe.awaitEmptyQueue();
        long before = rig.server().statistics().bytesOut();

        client.send("?");
        client.readBytes(1000);

        long sent = rig.server().statistics().bytesOut() - before;
        assertTrue(sent < 1100, () -> sent + " bytes");
    }

    // ---- ends

    @Test
    void shouldNotTakeACutForAnEnd() {
        Probe probe = new Probe();
        start(probe);
        Client client = connect().send("half of it");
        assertEquals("half of it", probe.awaitReceived(10));

        client.truncate();

        assertEquals(ECONNRESET, probe.awaitClosed());
        assertEquals(1, probe.ended.getCount(), "it looks like the end of the stream");
    }

    @Test
    void shouldSendWhatIsQueuedWhenAPeerEndsBothDirections() {
        start(Rig.ECHO);
        Client client = connect(version("TLSv1.2"));
        byte[] bytes = Rig.bulk(300_000);
        CountDownLatch sent = new CountDownLatch(1);
        Thread.ofPlatform()
                .start(() -> {
                    client.send(bytes);
                    client.shutdownOutput();
                    sent.countDown();
                });

        assertArrayEquals(bytes, client.readBytes(bytes.length));
        Waiting.of(sent, "the end of sending");
        client.expectEnd();
    }

    @Test
    void shouldRefuseWritesAfterAPeerHasEndedBothDirections() {
        Probe probe = new Probe().onEnd(connection -> {});
        start(probe);
        Client client = connect(version("TLSv1.2"));
        client.shutdownOutput();
        Waiting.of(probe.ended, "the peer's end");

        boolean accepted = probe.ask(connection -> connection.write(new byte[1]));
        assertFalse(accepted);
        client.close();
        assertEquals(0, probe.awaitClosed());
    }

    @Test
    void shouldEndWithoutATruncationWhoeverEndsFirst() {
        start(Rig.ECHO);
        Client client = connect();
        client.ping();
        client.shutdownOutput();

        // A cut would be an exception.
        client.expectEnd();
        rig.awaitOpen(0);
    }

    @Test
    void shouldLetThePeerNoticeThatItAborted() {
        Probe probe = new Probe();
        start(probe);
        Client client = connect();
        probe.run(connection -> {
            connection.write("lost".getBytes(US_ASCII));
            connection.abort();
        });

        assertThrows(UncheckedIOException.class, client::readToEnd);
        assertEquals(0, probe.awaitClosed());
    }

    // ---- clients that err

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET / HTTP/1.1\r\n\r\n",
                "\0\0\0\0\0",
                "x",
                "\26\2\0\0\1",
                "\27\3\3\177\177"
            })
    void shouldTurnAwayWhoDoesNotSpeakTls(String said) throws IOException {
        Probe probe = new Probe();
        start(probe);

        rig.connect(rig.server().addresses().getFirst()).send(said).expectClosed();

        rig.awaitReport("does not speak TLS");
        assertEquals(0, probe.closings.get());
    }

    @Test
    void shouldAnswerAHandshakeThatMakesNoSenseWithAnAlert() throws IOException {
        start(Rig.ECHO);
        byte[] record = Arrays.copyOf(new byte[] {22, 3, 1, 0, 60, 1, 0, 0, 56}, 65);

        Client client = rig.connect(rig.server().addresses().getFirst()).send(record);

        byte[] alert = client.readBytes(7);
        assertEquals(21, alert[0]);
        assertEquals(2, alert[5], "it is fatal");
        rig.awaitReport("a TLS handshake failed");
    }

    @Test
    void shouldCountClientsThatErrAndSayItOnce() throws IOException {
        start(Rig.ECHO);
        Address address = rig.server().addresses().getFirst();
        for (int i = 0; i < 20; i++) {
            rig.connect(address).send("GET / HTTP/1.1\r\n\r\n").expectClosed();
        }

        rig.awaitReport("does not speak TLS");
        assertEquals(0, rig.reported("does not speak TLS"));
        connect().ping();
    }

    @Test
    void shouldEndASessionWhoseRecordsAreForged() {
        Probe probe = new Probe();
        start(probe);
        Client client = connect();
        probe.awaitOpen();

        client.sendBelow(Arrays.copyOf(new byte[] {23, 3, 3, 0, 40}, 45));

        assertThrows(UncheckedIOException.class, client::readToEnd);
        client.close();
        assertEquals(EPROTO, probe.awaitClosed());
        rig.awaitReport("broken off");
    }

    @Test
    void shouldEndASessionOfWhichNoRecordsComeAnyMore() {
        Probe probe = new Probe();
        start(probe);
        Client client = connect();
        probe.awaitOpen();

        client.sendBelow("not a record".getBytes(US_ASCII));

        client.expectClosed();
        client.close();
        assertEquals(EPROTO, probe.awaitClosed());
        rig.awaitReport("broken off");
    }

    // ---- certificates

    @Test
    void shouldServeLaterConnectionsWithANewCertificate(@TempDir Path folder) throws IOException {
        Certificates.Pair old = Certificates.of(Kind.EC);
        Certificates.Pair renewed = Certificates.of(Kind.RSA);
        Path certificate = folder.resolve("cert.pem");
        Path key = folder.resolve("key.pem");
        copy(old, certificate, key);
        context = TlsContext.load(certificate, key);
        start(Rig.ECHO);
        Client before = connect();
        before.ping();

        copy(renewed, certificate, key);
        context.reload();

        pair = renewed;
        connect().ping();
        before.ping();
    }

    @Test
    void shouldKeepItsCertificateWhenTheNewOneIsOfNoUse(@TempDir Path folder) throws IOException {
        Path certificate = folder.resolve("cert.pem");
        Path key = folder.resolve("key.pem");
        copy(pair, certificate, key);
        context = TlsContext.load(certificate, key);
        start(Rig.ECHO);

        Files.copy(Certificates.of(Kind.RSA).key(), key, StandardCopyOption.REPLACE_EXISTING);

        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, context::reload);
        assertTrue(e.toString().contains("does not belong"), e.toString());
        connect().ping();
    }

    private static void copy(Certificates.Pair pair, Path certificate, Path key)
            throws IOException {
        Files.copy(pair.certificate(), certificate, StandardCopyOption.REPLACE_EXISTING);
        Files.copy(pair.key(), key, StandardCopyOption.REPLACE_EXISTING);
    }

    @Test
    void shouldSayThatAClientDoesNotTrustIt() {
        start(Rig.ECHO);
        pair = Certificates.of(Kind.RSA);

        UncheckedIOException e = assertThrows(UncheckedIOException.class, this::connect);

        assertTrue(e.getCause() instanceof SSLException, e.toString());
        rig.awaitReport("a TLS handshake failed");
    }
}
