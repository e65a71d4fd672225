// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.server;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.Syscalls;
import dev.ringfork.reactor.protocol.Connection;
import dev.ringfork.reactor.protocol.Protocol;
import dev.ringfork.reactor.testing.EngineUnderTest;
import dev.ringfork.reactor.testing.NoLeakedDescriptors;
import dev.ringfork.reactor.testing.Waiting;
import dev.ringfork.reactor.uring.Features;
import dev.ringfork.reactor.uring.RingSupport;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Buffers that the kernel fills piece by piece: sessions get what they get without. */
@ExtendWith(NoLeakedDescriptors.class)
final class IncrementalServerTest implements ReceivingContract {
    private static final RingUse PIECES = RingUse.DEFAULT.withIncremental(RingUse.Incremental.ON);

    /** Small, so that buffers end within messages. */
    private static final int SMALL = 64;

    private Rig rig;

    /** Skips on kernels that fill buffers whole. */
    static void assumeThere() {
        String absence = RingSupport.absence(Syscalls.get());
        assumeTrue(absence == null, absence);
        try {
            Features.require(Syscalls.get(), "incremental buffer ring");
        } catch (IllegalStateException e) {
            assumeTrue(false, e.getMessage());
        }
    }

    @BeforeEach
    void openRig() {
        assumeThere();
        rig = new Rig(EngineUnderTest.IO_URING, LoopsUnderTest.ONE, Syscalls.get(), false);
        rig.ringUse(PIECES);
    }

    @AfterEach
    void closeRig() {
        if (rig != null) {
            rig.close();
        }
    }

    @Override
    public Rig rig() {
        return rig;
    }

    // ---- any split, any leftover

    /** Sends back whole messages of a length, and stops reading now and then. */
    private static Protocol messages(int length, Random random) {
        return connection ->
                in -> {
                    int whole = in.length() - in.length() % length;
                    connection.write(in.segment(), in.start(), whole);
                    in.consume(whole);
                    if (random.nextInt(4) == 0) {
                        connection.pause();
                        connection.execute(connection::resume);
                    }
                };
    }

    @Test
    void shouldGiveTheSameBytesHoweverTheyAreSplit() {
        for (int seed = 0; seed < 24; seed++) {
            Random random = new Random(seed);
            int length = 1 + random.nextInt(SMALL);
            int buffers = 1 << random.nextInt(4);
            rig.start(
                    messages(length, new Random(seed)),
                    settings -> settings.bufferBytes(SMALL).ringUse(PIECES.withBuffers(buffers)));
            byte[] bytes = Arrays.copyOf(Rig.bulk(3000), 3000 / length * length);
            Client one = rig.connect();
            Client other = rig.connect();
            for (int from = 0; from < bytes.length; ) {
                int to = Math.min(bytes.length, from + 1 + random.nextInt(3 * SMALL));
                one.send(Arrays.copyOfRange(bytes, from, to));
                other.send(Arrays.copyOfRange(bytes, from, to));
                from = to;
            }

            assertArrayEquals(bytes, one.readBytes(bytes.length), "seed " + seed);
            assertArrayEquals(bytes, other.readBytes(bytes.length), "seed " + seed);
            one.close();
            other.close();
        }
    }

    @Test
    void shouldKeepManyConnectionsPiecesOfOneBufferApart() {
        rig.start(messages(20, new Random(1)), settings -> settings.ringUse(PIECES.withBuffers(1)));
        List<Client> clients = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            clients.add(rig.connect().send("connection %03d".formatted(i)));
        }
        for (int i = 0; i < 50; i++) {
            clients.get(i).send(" is %02d".formatted(i));
        }

        for (int i = 0; i < 50; i++) {
            assertEquals("connection %03d is %02d".formatted(i, i), clients.get(i).read(20));
        }
    }

    // ---- few buffers

    /** Leaves what begins with an {@code h}, and sends back the rest. */
    private static Probe leavesSome() {
        return new Probe()
                .onReceived((connection, in) -> {
                    if (in.get(in.start()) != 'h') {
                        connection.write(in);
                    }
                });
    }

    @Test
    void shouldWaitWithAPieceForWhichThereIsNoRoom() {
        // Of four one is the kernel's, two are for what is left over, and one for what is written.
        Server server =
                rig.start(
                        leavesSome(),
                        settings ->
                                settings.bufferBytes(SMALL)
                                        .poolBytes(4 * SMALL)
                                        .ringUse(PIECES.withBuffers(1)));
        List<Client> hoarders = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            hoarders.add(rig.connect().send("h"));
        }
        Waiting.until(() -> server.statistics().bytesIn() == 2, "the hoarders");
        Client late = rig.connect().send("ab");
        Client later = rig.connect().send("cd");
        Waiting.until(() -> server.statistics().bytesIn() == 6, "what has no room");

        hoarders.forEach(Client::close);

        assertEquals("ab", late.read(2));
        assertEquals("cd", later.read(2));
        late.send("ef");
        assertEquals("ef", late.read(2));
    }

    @Test
    void shouldGiveBackAPieceWhoseConnectionEndsBeforeThereIsRoom() {
        Server server =
                rig.start(
                        leavesSome(),
                        settings ->
                                settings.bufferBytes(SMALL)
                                        .poolBytes(4 * SMALL)
                                        .ringUse(PIECES.withBuffers(1)));
        Client hoarder = rig.connect().send("h");
        rig.connect().send("h");
        Waiting.until(() -> server.statistics().bytesIn() == 2, "the hoarders");
        Client gone = rig.connect().send("xyz");
        Waiting.until(() -> server.statistics().bytesIn() == 5, "what has no room");
        gone.reset();
        rig.awaitOpen(2);

        hoarder.close();

        // More than the kernel's buffer holds: it has come back.
        Client next = rig.connect();
        for (int i = 0; i < SMALL; i++) {
            next.ping();
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldKeepTheOrderWhenBuffersRunOutForAPausedConnection(RingUse.Incremental incremental) {
        Probe probe = new Probe().onReceived((connection, in) -> connection.write(in));
        Server server =
                rig.start(
                        probe,
                        settings ->
                                settings.bufferBytes(SMALL)
                                        .poolBytes(8 * SMALL)
                                        .ringUse(
                                                RingUse.DEFAULT
                                                        .withBuffers(1)
                                                        .withIncremental(incremental)));
        byte[] bytes = Rig.bulk(5 * SMALL);
        Client client = rig.connect();
        // From the second time on it is received without being asked for.
        client.ping();
        probe.onReceived((connection, in) -> connection.pause());
        client.send(Arrays.copyOf(bytes, 10));
        Waiting.until(() -> server.statistics().bytesIn() == 14, "what is left over");
        for (int i = 1; i <= 3; i++) {
            rig.connect().send("h");
            int all = 14 + i;
            Waiting.until(() -> server.statistics().bytesIn() == all, "the hoarders");
        }
        client.send(Arrays.copyOfRange(bytes, 10, bytes.length));
        // A buffer more, or the rest of one.
        int kept = incremental == RingUse.Incremental.ON ? 1 : SMALL;
        Waiting.until(() -> server.statistics().bytesIn() >= 17 + kept, "what is kept meanwhile");
        probe.run(connection -> {});
        probe.run(connection -> {});
        probe.onReceived((connection, in) -> connection.write(in));

        probe.run(Connection::resume);

        assertArrayEquals(bytes, client.readBytes(bytes.length));
    }

    // ---- the end

    @Test
    void shouldCloseWithAPieceInHand() {
        Probe probe = new Probe().onReceived((connection, in) -> connection.abort());
        rig.start(probe, settings -> settings.ringUse(PIECES.withBuffers(1)));
        for (int i = 0; i < 20; i++) {
            rig.connect().send("bye").drain();
            assertEquals(0, probe.awaitClosed());
        }
    }

    @Test
    void shouldThrowAwayWhatComesToAClosingConnection() {
        Probe probe =
                new Probe()
                        .onReceived((connection, in) -> {
                            connection.write("no".getBytes(US_ASCII));
                            connection.close();
                        });
        rig.start(probe, settings -> settings.bufferBytes(SMALL));
        Client client = rig.connect().send(Rig.bulk(40 * SMALL));
        client.shutdownOutput();

        assertEquals("no", new String(client.readToEnd(), US_ASCII));
        assertEquals(0, probe.awaitClosed());
    }

    @Test
    void shouldEndASessionThatThrowsOverAPiece() {
        Probe probe =
                new Probe()
                        .onReceived((connection, in) -> {
                            in.consume(1);
                            throw new IllegalArgumentException("on purpose");
                        });
        rig.start(probe);

        rig.connect().send("two").drain();

        assertEquals(Errno.EPROTO, probe.awaitClosed());
        rig.awaitReport("on purpose");
    }

    // ---- choices that cannot be

    @Test
    void shouldNotGoWithBundles() {
        IllegalArgumentException e =
                assertThrows(IllegalArgumentException.class, () -> PIECES.withBundles(true));

        assertEquals(
                "a receive fills several buffers, or each piece by piece: leave out --bundle or"
                        + " --incremental",
                e.getMessage());
    }

    @Test
    void shouldNotGoWithOneBufferForAll() {
        ServerSettings.Builder one =
                ServerSettings.builder().bufferBytes(1024).poolBytes(1024).ringUse(PIECES);

        assertThrows(IllegalArgumentException.class, one::build);
    }
}
