// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.server;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringfork.bindings.Address;
import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.SocketOption;
import dev.ringfork.bindings.SyscallException;
import dev.ringfork.bindings.Syscalls;
import dev.ringfork.reactor.demux.Trigger;
import dev.ringfork.reactor.protocol.Buffer;
import dev.ringfork.reactor.protocol.DatagramEndpoint;
import dev.ringfork.reactor.protocol.DatagramProtocol;
import dev.ringfork.reactor.protocol.DatagramSession;
import dev.ringfork.reactor.protocol.Peer;
import dev.ringfork.reactor.testing.Calls;
import dev.ringfork.reactor.testing.EngineUnderTest;
import dev.ringfork.reactor.testing.NoLeakedDescriptors;
import dev.ringfork.reactor.testing.Waiting;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Datagrams between a server and the JDK's sockets, on every engine. */
@ParameterizedClass
@EnumSource
@ExtendWith(NoLeakedDescriptors.class)
final class DatagramServerTest {
    private static final DatagramProtocol ECHO =
            endpoint -> (datagram, from) -> endpoint.send(from, datagram);

    private final EngineUnderTest engine;
    private final Calls calls = new Calls(Syscalls.get());
    private final BlockingQueue<String> reports = new LinkedBlockingQueue<>();
    private final BlockingQueue<DatagramEndpoint> endpoints = new LinkedBlockingQueue<>();
    private final List<AutoCloseable> opened = new ArrayList<>();

    DatagramServerTest(EngineUnderTest engine) {
        this.engine = engine;
    }

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable each : opened) {
            each.close();
        }
    }

    private Server start(DatagramProtocol protocol) {
        return start(protocol, settings -> settings);
    }

    private Server start(
            DatagramProtocol protocol, UnaryOperator<ServerSettings.Builder> settings) {
        DatagramProtocol watched =
                endpoint -> {
                    endpoints.add(endpoint);
                    return protocol.open(endpoint);
                };
        Server server =
                Server.datagrams(watched)
                        .listen(Rig.LOOPBACK)
                        .engine(engine.engine())
                        .trigger(engine.trigger())
                        .settings(
                                settings.apply(ServerSettings.builder().report(reports::add))
                                        .build())
                        .syscalls(engine.over(calls.syscalls()))
                        .start();
        opened.add(server);
        return server;
    }

    /** A client of a server. */
    private DatagramSocket client(Server server) throws IOException {
        DatagramSocket client = new DatagramSocket(0, InetAddress.getLoopbackAddress());
        opened.add(client);
        client.setSoTimeout((int) Waiting.DEADLINE.toMillis());
        int port = ((Address.Inet4) server.addresses().getFirst()).port();
        client.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        return client;
    }

    private static void send(DatagramSocket client, String text) throws IOException {
        byte[] bytes = text.getBytes(US_ASCII);
        client.send(new DatagramPacket(bytes, bytes.length));
    }

    private static String receive(DatagramSocket client) throws IOException {
        DatagramPacket packet = new DatagramPacket(new byte[1 << 16], 1 << 16);
        client.receive(packet);
        return new String(packet.getData(), 0, packet.getLength(), US_ASCII);
    }

    private static String text(Buffer datagram) {
        return US_ASCII.decode(datagram.view()).toString();
    }

    /** Does something on the loop's thread, and waits for it. */
    private void onLoop(Runnable task) {
        CountDownLatch done = new CountDownLatch(1);
        assertTrue(
                endpoints
                        .element()
                        .execute(() -> {
                            task.run();
                            done.countDown();
                        }));
        Waiting.of(done, "the task on the loop");
    }

    /** Holds the loop until the latch is down. */
    private CountDownLatch hold() {
        CountDownLatch held = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        endpoints
                .element()
                .execute(() -> {
                    held.countDown();
                    Waiting.of(release, "the release of the loop");
                });
        Waiting.of(held, "the loop to be held");
        return release;
    }

    private String awaitReport(String part) {
        String report = "";
        while (!report.contains(part)) {
            report = Waiting.of(reports, "the report: " + part);
        }
        return report;
    }

    @Test
    void shouldSendADatagramBackToWhereItCameFrom() throws IOException {
        Server server = start(ECHO);
        DatagramSocket first = client(server);
        DatagramSocket second = client(server);

        send(first, "first");
        send(second, "second");

        assertEquals("first", receive(first));
        assertEquals("second", receive(second));
    }

    @Test
    void shouldLoseNothingInSmallNumbers() throws IOException {
        DatagramSocket client = client(start(ECHO));

        for (int i = 0; i < 200; i++) {
            send(client, "datagram " + i);
            assertEquals("datagram " + i, receive(client));
        }
    }

    @Test
    void shouldKeepBoundariesAndEmptyDatagrams() throws IOException {
        DatagramSocket client =
                client(
                        start(endpoint ->
                                (datagram, from) -> {
                                    String length = Integer.toString(datagram.length());
                                    endpoint.send(from, length.getBytes(US_ASCII));
                                }));

        send(client, "one");
        send(client, "three");
        assertEquals("3", receive(client));
        assertEquals("5", receive(client));

        // The JDK sends an empty one only from a socket that is not connected.
        try (DatagramSocket bare = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            bare.setSoTimeout((int) Waiting.DEADLINE.toMillis());
            bare.send(new DatagramPacket(new byte[0], 0, client.getRemoteSocketAddress()));
            assertEquals("0", receive(bare));
        }
    }

    @Test
    void shouldReceiveAndAnswerManyInOneTurn() throws IOException {
        DatagramSocket client = client(start(ECHO));
        CountDownLatch release = hold();
        for (int i = 0; i < 100; i++) {
            send(client, "datagram " + i);
        }
        int before = calls.count("recvmmsg", "sendmmsg", "recvmsg", "sendmsg");

        release.countDown();

        for (int i = 0; i < 100; i++) {
            assertEquals("datagram " + i, receive(client));
        }
        int made = calls.count("recvmmsg", "sendmmsg", "recvmsg", "sendmsg") - before;
        if (Syscalls.get().absence("recvmmsg") == null) {
            assertTrue(made <= 12, () -> made + " calls");
        }
    }

    @Test
    void shouldTakeDatagramsOneByOneWhereTheKernelDoes() throws IOException {
        DatagramSocket client = client(start(ECHO));
        calls.refuse("recvmmsg", Errno.ENOSYS);
        calls.refuse("sendmmsg", Errno.ENOSYS);

        for (int i = 0; i < 3; i++) {
            send(client, "datagram " + i);
            assertEquals("datagram " + i, receive(client));
        }

        assertTrue(calls.count("recvmsg") >= 3);
        assertTrue(calls.count("sendmsg") >= 3);
    }

    @Test
    void shouldShareTheLoopWithAFlood() throws IOException {
        CountDownLatch asked = new CountDownLatch(1);
        DatagramSocket client = client(start(ECHO));
        CountDownLatch release = hold();
        for (int i = 0; i < 200; i++) {
            send(client, "x");
        }
        endpoints.element().execute(asked::countDown);

        release.countDown();

        Waiting.of(asked, "the turn of others");
        for (int i = 0; i < 200; i++) {
            assertEquals("x", receive(client));
        }
    }

    @Test
    void shouldTellOfADatagramThatIsTooLong() throws IOException {
        BlockingQueue<String> cut = new ArrayBlockingQueue<>(1);
        DatagramSocket client =
                client(
                        start(
                                endpoint ->
                                        new DatagramSession() {
                                            @Override
                                            public void received(Buffer datagram, Peer from) {
                                                endpoint.send(from, datagram);
                                            }

                                            @Override
                                            public void truncated(Buffer beginning, Peer from) {
                                                cut.add(text(beginning));
                                            }
                                        },
                                settings -> settings.bufferBytes(64)));

        send(client, "x".repeat(65));
        send(client, "y".repeat(64));

        assertEquals("x".repeat(64), Waiting.of(cut, "the cut datagram"));
        assertEquals("y".repeat(64), receive(client));
        awaitReport("longer than --buffer");
    }

    @Test
    void shouldRefuseToSendWhatIsLongerThanABuffer() throws IOException {
        BlockingQueue<Boolean> sent = new ArrayBlockingQueue<>(1);
        DatagramSocket client =
                client(
                        start(
                                endpoint ->
                                        (_, from) -> sent.add(endpoint.send(from, new byte[65])),
                                settings -> settings.bufferBytes(64)));

        send(client, "x");

        assertFalse(Waiting.of(sent, "the attempt"));
    }

    @Test
    void shouldPackDatagramsOfAllSizes() throws IOException {
        DatagramSocket client =
                client(start(ECHO, settings -> settings.bufferBytes(4096).poolBytes(1 << 20)));
        CountDownLatch release = hold();
        for (int i = 0; i < 40; i++) {
            send(client, Character.toString('a' + i % 26).repeat(1 + 37 * i));
        }

        release.countDown();

        for (int i = 0; i < 40; i++) {
            assertEquals(Character.toString('a' + i % 26).repeat(1 + 37 * i), receive(client));
        }
    }

    @Test
    void shouldGoOnWhenAPeerHasGone() throws IOException {
        Peer nobody;
        try (DatagramSocket gone = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            nobody = Peer.of(Address.parse("127.0.0.1:" + gone.getLocalPort()));
        }
        DatagramSocket client =
                client(
                        start(endpoint ->
                                (datagram, from) -> {
                                    endpoint.send(nobody, datagram);
                                    endpoint.send(from, datagram);
                                }));

        for (int i = 0; i < 10; i++) {
            send(client, "still there " + i);
            assertEquals("still there " + i, receive(client));
        }
    }

    @Test
    void shouldGoOnWhenItLearnsThatNobodyWasThere() throws IOException {
        DatagramSocket client = client(start(ECHO));
        // What a kernel says of a datagram that went before, at whatever call comes next.
        calls.refuse("recvmmsg", Errno.ECONNREFUSED);
        calls.refuse("recvmsg", Errno.ECONNREFUSED);
        send(client, "one");
        assertEquals("one", receive(client));

        calls.refuse("sendmmsg", Errno.ECONNREFUSED);
        calls.refuse("sendmsg", Errno.ECONNREFUSED);
        send(client, "lost");
        awaitReport("ECONNREFUSED");
        calls.relent("sendmsg");
        send(client, "two");

        assertEquals("two", receive(client));
    }

    @Test
    void shouldSendWhenTheSocketHasRoomAgain() throws IOException {
        DatagramSocket client = client(start(ECHO));
        send(client, "before");
        assertEquals("before", receive(client));
        // Not with edges: a kernel that has said so gives another one.
        if (engine.trigger() == Trigger.EDGE) {
            return;
        }
        calls.refuse("sendmmsg", Errno.EAGAIN, Errno.EINTR);

        send(client, "late");

        assertEquals("late", receive(client));
    }

    @Test
    void shouldBoundItsQueueAndSayWhenItIsShortAgain() throws IOException {
        BlockingQueue<Integer> taken = new ArrayBlockingQueue<>(1);
        CountDownLatch writable = new CountDownLatch(1);
        DatagramSocket client =
                client(
                        start(endpoint ->
                                new DatagramSession() {
                                    @Override
                                    public void received(Buffer datagram, Peer from) {
                                        int sent = 0;
                                        while (sent < 10_000 && endpoint.send(from, datagram)) {
                                            sent++;
                                        }
                                        assertEquals(sent, endpoint.queued());
                                        assertTrue(endpoint.congested());
                                        taken.add(sent);
                                    }

                                    @Override
                                    public void writable(DatagramEndpoint endpoint) {
                                        writable.countDown();
                                    }
                                }));

        send(client, "x");

        assertEquals(256, Waiting.of(taken, "the queue to be full"));
        Waiting.of(writable, "the queue to be short");
        assertEquals("x", receive(client));
        onLoop(() -> assertEquals(0, endpoints.element().queued()));
    }

    @Test
    void shouldLoseOnlyTheDatagramThatItsSessionFailsFor() throws IOException {
        DatagramSocket client =
                client(
                        start(endpoint ->
                                (datagram, from) -> {
                                    if (text(datagram).equals("bad")) {
                                        throw new IllegalStateException("not this one");
                                    }
                                    endpoint.send(from, datagram);
                                }));

        send(client, "bad");
        send(client, "good");

        assertEquals("good", receive(client));
        awaitReport("not this one");
    }

    @Test
    void shouldSpeakFirst() throws IOException {
        Server server = start(ECHO);
        DatagramSocket client = client(server);
        Peer to = Peer.of(Address.parse("127.0.0.1:" + client.getLocalPort()));

        onLoop(() -> assertTrue(endpoints.element().send(to, "hello".getBytes(US_ASCII))));

        assertEquals("hello", receive(client));
    }

    @Test
    void shouldKnowPeersApartAndKeepThem() throws IOException {
        BlockingQueue<Peer> kept = new LinkedBlockingQueue<>();
        Server server = start(_ -> (_, from) -> kept.add(from.copy()));
        DatagramSocket first = client(server);
        send(first, "x");
        Peer one = Waiting.of(kept, "the first peer");
        send(client(server), "x");
        Peer other = Waiting.of(kept, "the second peer");
        send(first, "x");
        Peer again = Waiting.of(kept, "the first peer again");

        assertTrue(one.sameAs(again));
        assertFalse(one.sameAs(other));
        assertEquals("127.0.0.1:" + first.getLocalPort(), one.toString());
    }

    @Test
    void shouldReceiveWhatHasComeBeforeItDrains() throws Exception {
        CountDownLatch closed = new CountDownLatch(1);
        Server server =
                start(endpoint ->
                        new DatagramSession() {
                            @Override
                            public void received(Buffer datagram, Peer from) {
                                endpoint.send(from, datagram);
                            }

                            @Override
                            public void closed(DatagramEndpoint endpoint, int errno) {
                                assertEquals(0, errno);
                                closed.countDown();
                            }
                        });
        DatagramSocket client = client(server);
        CountDownLatch release = hold();
        for (int i = 0; i < 20; i++) {
            send(client, "datagram " + i);
        }
        server.drain(LifeContract.LONG);

        release.countDown();

        LifeContract.awaitStop(server);
        Waiting.of(closed, "the news of the end");
        for (int i = 0; i < 20; i++) {
            assertEquals("datagram " + i, receive(client));
        }
        assertEquals(0, server.statistics().cut());
    }

    @Test
    void shouldEndAtOnceWhenItDrainsWithNothingToDo() throws IOException {
        Server server = start(ECHO);
        DatagramSocket client = client(server);
        send(client, "before");
        assertEquals("before", receive(client));

        server.drain(LifeContract.LONG);

        LifeContract.awaitStop(server);
    }

    @Test
    void shouldCutASocketThatDoesNotCloseInTime() {
        BlockingQueue<Integer> closed = new ArrayBlockingQueue<>(1);
        Server server =
                start(_ ->
                        new DatagramSession() {
                            @Override
                            public void received(Buffer datagram, Peer from) {}

                            @Override
                            public void draining(DatagramEndpoint endpoint) {}

                            @Override
                            public void closed(DatagramEndpoint endpoint, int errno) {
                                closed.add(errno);
                            }
                        });

        server.drain(Duration.ofMillis(20));

        LifeContract.awaitStop(server);
        assertEquals(Errno.ECANCELED, Waiting.of(closed, "the end"));
        assertEquals(1, server.statistics().cut());
    }

    @Test
    void shouldSizeTheBuffersOfTheKernel() {
        start(
                ECHO,
                settings ->
                        settings.socketOptions(
                                SocketOptions.DEFAULT.with(SocketOption.SO_RCVBUF, 20_000)));
        int fd = endpoints.element().fd();

        assertTrue(SocketOption.SO_RCVBUF.get(Syscalls.get().sockets(), fd) <= 40_000);
    }

    @Test
    void shouldRefuseWhatDatagramsDoNotHave() {
        IllegalArgumentException option =
                assertThrows(
                        IllegalArgumentException.class,
                        () ->
                                start(
                                        ECHO,
                                        settings ->
                                                settings.socketOptions(
                                                        SocketOptions.DEFAULT.with(
                                                                SocketOption.TCP_NODELAY, true))));
        assertTrue(option.toString().contains("leave --tcp-nodelay out"), option.toString());
        assertThrows(
                IllegalArgumentException.class,
                () -> Server.datagrams(ECHO).listen(new Address.Unix("/socket")).start());
        assertThrows(IllegalArgumentException.class, () -> Server.datagrams(ECHO).start());
    }

    @Test
    void shouldNameTheAddressThatIsTaken() {
        Address taken = start(ECHO).addresses().getFirst();

        SyscallException e =
                assertThrows(
                        SyscallException.class, () -> Server.datagrams(ECHO).listen(taken).start());

        assertEquals(Errno.EADDRINUSE, e.errno());
        assertTrue(e.toString().contains(taken.toString()), e.toString());
    }

    @Test
    void shouldLeaveNothingBehindWhenItsSessionCannotBeOpened() {
        IllegalStateException e =
                assertThrows(
                        IllegalStateException.class,
                        () ->
                                start(_ -> {
                                    throw new IllegalStateException("no session");
                                }));

        assertEquals("no session", e.getMessage());
    }
}
