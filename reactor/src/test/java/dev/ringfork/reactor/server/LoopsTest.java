// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.server;

import static dev.ringfork.bindings.Errno.EMFILE;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringfork.bindings.Address;
import dev.ringfork.bindings.Platform;
import dev.ringfork.bindings.SyscallException;
import dev.ringfork.bindings.Syscalls;
import dev.ringfork.reactor.protocol.Buffer;
import dev.ringfork.reactor.protocol.Connection;
import dev.ringfork.reactor.protocol.Protocol;
import dev.ringfork.reactor.protocol.Session;
import dev.ringfork.reactor.testing.Calls;
import dev.ringfork.reactor.testing.EngineUnderTest;
import dev.ringfork.reactor.testing.NoLeakedDescriptors;
import dev.ringfork.reactor.testing.Waiting;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What several loops do together. */
@ExtendWith(NoLeakedDescriptors.class)
final class LoopsTest {
    /** Far more than the turn of a loop lasts: after so many each has had several. */
    private static final int CONNECTIONS_MAX = 500;

    private static final String NAME = "reactor-";

    /** Answers with the name of the thread that serves. */
    private static final Protocol WHO =
            connection ->
                    in -> {
                        in.consume(in.length());
                        connection.write(Thread.currentThread().getName().getBytes(US_ASCII));
                    };

    private final Queue<String> reports = new ConcurrentLinkedQueue<>();
    private final List<Server> servers = new ArrayList<>();
    private final List<Client> clients = new ArrayList<>();

    @AfterEach
    void closeAll() {
        clients.forEach(Client::close);
        servers.forEach(server -> Waiting.of(Thread.startVirtualThread(server::close)));
    }

    private Server start(ServerBuilder builder, LoopAccept accept, int loops) {
        ServerSettings settings = ServerSettings.builder().report(reports::add).build();
        Server server =
                builder.architecture(Architecture.MULTI_REACTOR)
                        .loopAccept(accept)
                        .loops(loops)
                        .listen(Rig.LOOPBACK)
                        .settings(settings)
                        .start();
        servers.add(server);
        return server;
    }

    private Client connect() {
        try {
            Client client = Client.connect(servers.getLast().addresses().getFirst());
            clients.add(client);
            return client;
        } catch (IOException e) {
            throw new UncheckedIOException("connecting", e);
        }
    }

    /** The number of the loop that serves a client. */
    private static int loopOf(Client client) {
        return Integer.parseInt(client.send("?").read(NAME.length() + 1).substring(NAME.length()));
    }

    @ParameterizedTest
    @CsvSource({
        "EPOLL_LEVEL, SHARED",
        "EPOLL_LEVEL, REUSEPORT",
        "EPOLL_LEVEL, ACCEPTOR",
        "EPOLL_EDGE, SHARED",
        "EPOLL_ONESHOT, SHARED",
        "POLL, REUSEPORT"
    })
    void shouldServeWithEveryLoop(EngineUnderTest engine, LoopAccept accept) {
        start(Server.builder(WHO).engine(engine.engine()).trigger(engine.trigger()), accept, 3);
        Set<Integer> expected = accept == LoopAccept.ACCEPTOR ? Set.of(2, 3) : Set.of(1, 2, 3);
        Set<Integer> seen = new TreeSet<>();

        for (int i = 0; i < CONNECTIONS_MAX && seen.size() < expected.size(); i++) {
            try (Client client = connect()) {
                seen.add(loopOf(client));
            }
        }

        assertEquals(expected, seen);
    }

    @Test
    void shouldKeepAConnectionWithItsLoop() {
        start(Server.builder(WHO), LoopAccept.ACCEPTOR, 3);
        Client first = connect();
        Client second = connect();
        int one = loopOf(first);
        int other = loopOf(second);

        assertTrue(one != other, "two in turn");
        assertEquals(one, loopOf(first));
        assertEquals(other, loopOf(second));
    }

    @Test
    void shouldServeWhileOneLoopIsHeld() {
        Probe held = new Probe();
        AtomicInteger opened = new AtomicInteger();
        start(
                Server.builder(connection ->
                        (opened.getAndIncrement() == 0 ? held : WHO).open(connection)),
                LoopAccept.SHARED,
                2);
        connect();

        try (Probe.Hold _ = held.hold()) {
            for (int i = 0; i < 20; i++) {
                assertTrue(loopOf(connect()) > 0);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldAnswerAllWhoHadConnectedWhenItDrains(LoopAccept accept) {
        for (int round = 0; round < 10; round++) {
            Server server = start(Server.builder(LoopsTest::answerOnce), accept, 3);
            Client[] load = new Client[40];
            for (int i = 0; i < load.length; i++) {
                load[i] = connect().send("!");
            }

            // Some are accepted by now, some queued, some on their way to another loop.
            server.drain(Duration.ofMinutes(1));

            for (Client client : load) {
                assertEquals("!", new String(client.readToEnd(), US_ASCII));
                client.close();
            }
            awaitEnd(server);
            assertEquals(load.length, server.statistics().accepted());
            assertEquals(load.length, server.statistics().closed());
            assertEquals(0, server.statistics().cut());
        }
    }

    /** A request that has not come yet is waited for, drain or not. */
    private static Session answerOnce(Connection connection) {
        return new Session() {
            @Override
            public void received(Buffer in) {
                connection.write(in);
                connection.close();
            }

            @Override
            public void draining(Connection draining) {}
        };
    }

    private static void awaitEnd(Server server) {
        CountDownLatch ended = new CountDownLatch(1);
        Thread.startVirtualThread(() -> {
            try {
                server.awaitStop();
                ended.countDown();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        Waiting.of(ended, "the end of the server");
    }

    // ---- handing over

    /** Gives a held loop so many tasks that it takes no more. */
    private static void fill(Connection connection) {
        Runnable nothing = () -> {};
        while (connection.execute(nothing)) {}
    }

    @Test
    void shouldPassOverALoopThatTakesNoMore() {
        Probe held = new Probe();
        AtomicInteger opened = new AtomicInteger();
        start(
                Server.builder(connection ->
                        (opened.getAndIncrement() == 0 ? held : WHO).open(connection)),
                LoopAccept.ACCEPTOR,
                3);
        connect();

        try (Probe.Hold _ = held.hold()) {
            fill(held.awaitOpen());
            assertEquals(3, loopOf(connect()));
            assertEquals(3, loopOf(connect()));
        }

        // Its queue has room again.
        Waiting.until(() -> loopOf(connect()) == 2, "a connection for the loop that was held");
    }

    @Test
    void shouldServeItselfWhatNobodyTakesAndSaySo() {
        Probe held = new Probe();
        AtomicInteger opened = new AtomicInteger();
        Server server =
                start(
                        Server.builder(connection ->
                                (opened.getAndIncrement() == 0 ? held : WHO).open(connection)),
                        LoopAccept.ACCEPTOR,
                        2);
        connect();

        try (Probe.Hold _ = held.hold()) {
            fill(held.awaitOpen());
            assertEquals(1, loopOf(connect()));
        }

        assertTrue(
                reports.stream().anyMatch(said -> said.contains("the loop that accepts")),
                reports::toString);
        assertEquals(2, server.statistics().accepted());
        assertEquals(0, server.statistics().shed());
    }

    @Test
    void shouldCloseWhatIsOnItsWayWhenItStops() {
        Probe held = new Probe();
        Server server = start(Server.builder(held), LoopAccept.ACCEPTOR, 2);
        connect();
        Client[] waiting = new Client[5];
        Thread stopping;

        try (Probe.Hold _ = held.hold()) {
            for (int i = 0; i < waiting.length; i++) {
                waiting[i] = connect();
            }
            stopping = Thread.startVirtualThread(server::stop);
            // The loop that accepts has ended then.
            Waiting.until(() -> refuses(server), "the end of accepting");
        }

        Waiting.of(stopping);
        for (Client client : waiting) {
            client.expectClosed();
        }
        assertEquals(0, server.statistics().open());
    }

    private static boolean refuses(Server server) {
        try (Client _ = Client.connect(server.addresses().getFirst())) {
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    // ---- choices

    @Test
    void shouldSayHowManyLoopsItHas() {
        String two =
                start(Server.builder(WHO).engine(Engine.POLL), LoopAccept.SHARED, 2).description();
        String one =
                start(Server.builder(WHO).engine(Engine.POLL), LoopAccept.ACCEPTOR, 1)
                        .description();

        assertEquals("multi-reactor (2 loops, shared), poll, level", two);
        assertEquals("multi-reactor (1 loop, acceptor), poll, level", one);
        assertEquals(1, loopOf(connect()));
    }

    @Test
    void shouldHaveALoopForEachProcessorUnlessTold() {
        int processors = Runtime.getRuntime().availableProcessors();

        assertEquals(new LoopChoice(processors, LoopAccept.SHARED), LoopChoice.of(null, null));
    }

    private static String refusal(ServerBuilder builder) {
        return String.valueOf(
                assertThrows(
                                IllegalArgumentException.class,
                                builder.listen(Address.parse("127.0.0.1:0"))::start)
                        .getMessage());
    }

    @Test
    void shouldRefuseWhatMakesNoSense() {
        ServerBuilder multi = Server.builder(WHO).architecture(Architecture.MULTI_REACTOR);

        assertTrue(refusal(Server.builder(WHO).loops(2)).contains("leave --loops out"));
        assertTrue(
                refusal(Server.builder(WHO).loopAccept(LoopAccept.SHARED))
                        .contains("leave --loop-accept out"));
        assertEquals("0 loops: from 1 to 1024 are possible", refusal(multi.loops(0)));
        assertEquals("1025 loops: from 1 to 1024 are possible", refusal(multi.loops(1025)));
    }

    @Test
    void shouldRefuseSeveralListenersWhereTheyDoNotShareTheWork() {
        List<Address> tcp = List.of(Rig.LOOPBACK);
        List<Address> unix = List.of(Rig.LOOPBACK, new Address.Unix("/tmp/socket"));

        for (Platform platform : Platform.values()) {
            LoopAccept.SHARED.check(platform, unix);
            LoopAccept.ACCEPTOR.check(platform, unix);
            assertThrows(
                    IllegalArgumentException.class,
                    () -> LoopAccept.REUSEPORT.check(platform, unix));
        }
        LoopAccept.REUSEPORT.check(Platform.LINUX_AARCH64, tcp);
        IllegalArgumentException e =
                assertThrows(
                        IllegalArgumentException.class,
                        () -> LoopAccept.REUSEPORT.check(Platform.MACOS_AARCH64, tcp));
        assertTrue(e.toString().contains("--loop-accept shared"), e.toString());
    }

    @ParameterizedTest
    @EnumSource
    void shouldLeaveNothingBehindWhenALoopCannotBeMade(LoopAccept accept) {
        Calls calls = new Calls(Syscalls.get());
        calls.refuse("eventfd", EMFILE);
        ServerBuilder builder = Server.builder(WHO).syscalls(calls.syscalls());

        assertThrows(SyscallException.class, () -> start(builder, accept, 2));
    }
}
