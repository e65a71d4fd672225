// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.server;

import static dev.ringfork.bindings.Errno.EINTR;
import static dev.ringfork.bindings.Errno.EMSGSIZE;
import static dev.ringfork.bindings.Errno.EPROTO;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringfork.bindings.Address;
import dev.ringfork.bindings.SocketOption;
import dev.ringfork.bindings.Syscalls;
import dev.ringfork.reactor.protocol.Buffer;
import dev.ringfork.reactor.protocol.Connection;
import dev.ringfork.reactor.protocol.Protocol;
import dev.ringfork.reactor.testing.EngineUnderTest;
import dev.ringfork.reactor.testing.NoLeakedDescriptors;
import dev.ringfork.reactor.testing.Waiting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.CsvSource;

/** Connections that carry packets: on every engine, and in every architecture. */
@ParameterizedClass
@CsvSource({
    "EPOLL_LEVEL, ONE",
    "EPOLL_EDGE, ONE",
    "EPOLL_ONESHOT, ONE",
    "KQUEUE_LEVEL, ONE",
    "KQUEUE_EDGE, ONE",
    "KQUEUE_ONESHOT, ONE",
    "POLL, ONE",
    "SELECT, ONE",
    "EPOLL_LEVEL, SHARED",
    "EPOLL_LEVEL, ACCEPTOR",
    "POLL, SERIAL",
    "POLL, THREADS",
    "EPOLL_EDGE, VIRTUAL",
    "EPOLL_EDGE, POOL",
    "EPOLL_EDGE, FOLLOWERS",
    "EPOLL_LEVEL, PROACTOR",
    "EPOLL_LEVEL, SYNC",
    "EPOLL_LEVEL, BUFFERED"
})
@ExtendWith(NoLeakedDescriptors.class)
final class PacketServerTest {
    private static final int BUFFER = 1024;

    private final EngineUnderTest engine;
    private final LoopsUnderTest loops;
    private final List<PacketClient> clients = new ArrayList<>();
    @TempDir private Path folder;
    private Rig rig;
    private Address address;

    PacketServerTest(EngineUnderTest engine, LoopsUnderTest loops) {
        this.engine = engine;
        this.loops = loops;
    }

    @BeforeEach
    void openRig() {
        PacketClient.assumeThere();
        rig = new Rig(engine, loops, Syscalls.get(), false);
        address = new Address.Unix(folder.resolve("socket").toString());
    }

    @AfterEach
    void closeAll() {
        clients.forEach(PacketClient::close);
        if (rig != null) {
            rig.close();
        }
    }

    private Server start(Protocol protocol) {
        return start(protocol, settings -> settings.bufferBytes(BUFFER));
    }

    private Server start(Protocol protocol, UnaryOperator<ServerSettings.Builder> settings) {
        return rig.startWith(builder -> builder.listenPackets(address), protocol, settings);
    }

    private PacketClient connect() {
        PacketClient client = PacketClient.connect(address);
        clients.add(client);
        return client;
    }

    private static List<byte[]> packets(int count, long seed) {
        Random random = new Random(seed);
        List<byte[]> packets = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            byte[] packet = new byte[1 + random.nextInt(BUFFER)];
            random.nextBytes(packet);
            packets.add(packet);
        }
        return packets;
    }

    private static Thread sending(PacketClient client, List<byte[]> packets) {
        // Not a virtual one: blocked in the kernel it would hold a carrier, perhaps the only one.
        return Thread.ofPlatform().start(() -> packets.forEach(client::send));
    }

    private static void expect(PacketClient client, List<byte[]> packets) {
        for (int i = 0; i < packets.size(); i++) {
            assertArrayEquals(packets.get(i), client.receive(), "packet " + i);
        }
    }

    // ---- boundaries

    @Test
    void shouldKeepBoundariesBothWays() {
        List<byte[]> packets = packets(1_000, 1);
        start(Rig.ECHO);
        PacketClient client = connect();

        Thread sender = sending(client, packets);

        expect(client, packets);
        Waiting.of(sender);
    }

    @Test
    void shouldKeepBoundariesWhenCallsAreInterrupted() {
        List<byte[]> packets = packets(100, 2);
        start(Rig.ECHO);
        PacketClient client = connect();
        for (String call : List.of("recv", "send", "writev")) {
            rig.calls.refuse(call, EINTR, EINTR, EINTR);
        }

        Thread sender = sending(client, packets);

        expect(client, packets);
        Waiting.of(sender);
    }

    @Test
    void shouldSendEachWriteAsOnePacket() {
        Probe probe = new Probe();
        start(probe);
        PacketClient client = connect();

        probe.run(connection -> {
            assertTrue(connection.write("one".getBytes(US_ASCII)));
            assertTrue(connection.write(new byte[0]));
            put(connection, "two");
            put(connection, "three");
            assertTrue(connection.write(new byte[BUFFER]));
            connection.output(BUFFER);
            assertTrue(connection.write("four".getBytes(US_ASCII)));
            assertEquals(15 + BUFFER, connection.queuedBytes());
        });

        assertEquals("one", client.text());
        assertEquals("two", client.text());
        assertEquals("three", client.text());
        assertArrayEquals(new byte[BUFFER], client.receive());
        assertEquals("four", client.text());
    }

    private static void put(Connection connection, String text) {
        Buffer out = connection.output(text.length());
        assertNotNull(out);
        out.segment().asSlice(out.end()).setString(0, text, US_ASCII);
        out.produced(text.length());
    }

    @Test
    void shouldSendNothingForAnOutputThatStaysEmpty() {
        Probe probe = new Probe();
        start(probe);
        PacketClient client = connect();

        probe.run(connection -> connection.output(BUFFER));
        probe.run(connection -> connection.write("still works".getBytes(US_ASCII)));

        assertEquals("still works", client.text());
    }

    @Test
    void shouldDropWhatIsLeftOfAPacket() {
        Probe probe =
                new Probe()
                        .onReceived((connection, in) -> {
                            connection.write(new byte[] {in.get(in.start())});
                            in.consume(1);
                        });
        start(probe);

        PacketClient client = connect().send("first").send("second").send("third");

        assertEquals("fst", client.text() + client.text() + client.text());
    }

    @Test
    void shouldDropAPacketThatNobodyTakes() {
        Probe probe = new Probe().onReceived((connection, in) -> {});
        start(probe);

        connect().send(new byte[BUFFER]).send("next");

        assertEquals(BUFFER, probe.awaitReceived().length());
        assertEquals("next", probe.awaitReceived());
    }

    @Test
    void shouldOfferAPacketAgainWhenItResumes() {
        AtomicInteger calls = new AtomicInteger();
        Probe probe =
                new Probe()
                        .onReceived((connection, in) -> {
                            if (calls.getAndIncrement() == 0) {
                                connection.pause();
                            } else {
                                in.consume(in.length());
                            }
                        });
        start(probe);
        connect().send("first").send("second");

        assertEquals("first", probe.awaitReceived());
        probe.run(Connection::resume);

        assertEquals("first", probe.awaitReceived());
        assertEquals("second", probe.awaitReceived());
    }

    @Test
    void shouldDropARestThatIsLeftWhenItPauses() {
        AtomicInteger calls = new AtomicInteger();
        Probe probe =
                new Probe()
                        .onReceived((connection, in) -> {
                            in.consume(1);
                            if (calls.getAndIncrement() == 0) {
                                connection.pause();
                            }
                        });
        start(probe);
        connect().send("first").send("second");

        assertEquals("first", probe.awaitReceived());
        probe.run(Connection::resume);

        assertEquals("second", probe.awaitReceived());
    }

    // ---- back-pressure

    @Test
    void shouldKeepPacketsWholeForAPeerThatDoesNotRead() {
        List<byte[]> packets = packets(1_000, 3);
        AtomicInteger refused = new AtomicInteger();
        Probe probe =
                new Probe()
                        .onReceived((connection, in) -> {
                            if (!connection.write(in)) {
                                refused.getAndIncrement();
                            }
                        });
        // The high-water mark is never reached: what does not fit is refused before.
        start(
                probe,
                settings ->
                        settings.bufferBytes(BUFFER)
                                .lowWaterBytes(2 * BUFFER)
                                .highWaterBytes(4 * BUFFER)
                                .maxQueuedBytes(4 * BUFFER));
        PacketClient client = connect();

        Thread sender = sending(client, packets);
        Waiting.until(() -> refused.get() > 0, "a write that is refused");

        expect(client, packets);
        Waiting.of(sender);
    }

    @Test
    void shouldStopReadingForAPeerThatDoesNotRead() {
        List<byte[]> packets = packets(1_000, 4);
        Probe probe = new Probe().onReceived((connection, in) -> connection.write(in));
        start(
                probe,
                settings ->
                        settings.bufferBytes(BUFFER)
                                .lowWaterBytes(2 * BUFFER)
                                .highWaterBytes(8 * BUFFER));
        PacketClient client = connect();

        Thread sender = sending(client, packets);
        Waiting.until(() -> probe.ask(Connection::congested), "the high-water mark");
        assertTrue(probe.ask(Connection::queuedBytes) < 32 * BUFFER);

        expect(client, packets);
        Waiting.of(sender);
    }

    // ---- ends

    @Test
    void shouldAnswerAPeerThatHasEndedItsDirection() {
        List<byte[]> packets = packets(50, 5);
        start(Rig.ECHO);
        PacketClient client = connect();

        packets.forEach(client::send);
        client.shutdownOutput();

        expect(client, packets);
        assertEquals("", client.text());
    }

    @Test
    void shouldReceiveAfterItsOwnEnd() {
        Probe probe =
                new Probe()
                        .onOpen(connection -> {
                            connection.write("bye".getBytes(US_ASCII));
                            connection.shutdownOutput();
                        });
        start(probe);
        PacketClient client = connect();

        assertEquals("bye", client.text());
        assertEquals("", client.text());
        client.send("still").send("here");

        assertEquals("still", probe.awaitReceived());
        assertEquals("here", probe.awaitReceived());
        client.shutdownOutput();
        assertEquals(0, probe.awaitClosed());
    }

    @Test
    void shouldEndWhenThePeerCloses() {
        Probe probe = new Probe();
        start(probe);

        connect().send("last").close();

        assertEquals("last", probe.awaitReceived());
        assertEquals(0, probe.awaitClosedAfter(probe.ended));
    }

    @Test
    void shouldTakeAnEmptyPacketForTheEnd() {
        Probe probe = new Probe();
        start(probe);
        PacketClient client = connect();

        client.send("");

        Waiting.of(probe.ended, "the end of input");
        assertEquals("", client.text());
    }

    @Test
    void shouldSendAllBeforeItCloses() {
        List<byte[]> packets = packets(500, 6);
        Probe probe =
                new Probe()
                        .onReceived((connection, in) -> {
                            packets.forEach(connection::write);
                            connection.close();
                        });
        start(probe);
        PacketClient client = connect().send("?").send("not looked at");

        expect(client, packets);
        assertEquals("", client.text());
        client.close();
        assertEquals(0, probe.awaitClosed());
    }

    @Test
    void shouldDrain() {
        Probe probe =
                new Probe()
                        .onDraining(connection -> {
                            connection.write("bye".getBytes(US_ASCII));
                            connection.close();
                        });
        Server server = start(probe);
        PacketClient client = connect().send("hello");
        probe.awaitReceived();

        server.drain(Duration.ofMinutes(1));

        assertEquals("bye", client.text());
        assertEquals("", client.text());
        client.close();
        LifeContract.awaitStop(server);
        assertEquals(0, server.statistics().cut());
    }

    // ---- refusals

    @Test
    void shouldCloseAConnectionWhosePacketIsTooLong() {
        Probe probe = new Probe();
        start(probe);
        PacketClient client = connect();

        client.send(new byte[BUFFER + 1]);

        assertEquals(EMSGSIZE, probe.awaitClosed());
        client.expectClosed();
        client.close();
        assertFalse(probe.hasReceived());
        assertTrue(rig.awaitReport("packet").contains("--buffer"));
    }

    @Test
    void shouldRefuseToWriteAPacketThatIsTooLong() {
        Probe probe = new Probe();
        start(probe);
        PacketClient client = connect();

        String refusal =
                probe.ask(connection ->
                        assertThrows(
                                        IllegalArgumentException.class,
                                        () -> connection.write(new byte[BUFFER + 1]))
                                .toString());
        probe.run(connection -> connection.write("fits".getBytes(US_ASCII)));

        assertTrue(refusal.contains("1025") && refusal.contains("--buffer"), refusal);
        assertEquals("fits", client.text());
    }

    @Test
    void shouldEndAConnectionWhoseSessionWritesAPacketThatIsTooLong() {
        Probe probe =
                new Probe().onReceived((connection, in) -> connection.write(new byte[BUFFER + 1]));
        start(probe);
        PacketClient client = connect().send("?");

        assertEquals(EPROTO, probe.awaitClosed());
        client.expectClosed();
        assertTrue(rig.awaitReport("a session failed").contains("--buffer"));
    }

    @Test
    void shouldCloseAConnectionWhoseSocketIsTooSmallForAPacket() {
        Probe probe =
                new Probe().onReceived((connection, in) -> connection.write(new byte[64 * BUFFER]));
        SocketOptions small = SocketOptions.DEFAULT.with(SocketOption.SO_SNDBUF, 4 * BUFFER);
        start(probe, settings -> settings.bufferBytes(64 * BUFFER).socketOptions(small));
        PacketClient client = connect().send("?");

        assertEquals(EMSGSIZE, probe.awaitClosed());
        client.expectClosed();
        assertTrue(rig.awaitReport("packet").contains("--send-buffer"));
    }

    @Test
    void shouldSendNoFiles(@TempDir Path elsewhere) throws IOException {
        Path file = Files.writeString(elsewhere.resolve("file"), "content");
        Probe probe = new Probe();
        start(probe);
        PacketClient client = connect();

        probe.run(connection -> {
            assertFalse(connection.writeFile(FileContract.open(file), 0, 7));
            connection.write("packet".getBytes(US_ASCII));
        });

        assertEquals("packet", client.text());
        FileContract.assertClosed(file);
    }
}
