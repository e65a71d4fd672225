// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.server;

import static dev.ringfork.bindings.abi.Fcntl.FD_CLOEXEC;
import static dev.ringfork.bindings.abi.Fcntl.F_GETFD;
import static dev.ringfork.bindings.abi.Fcntl.F_GETFL;
import static dev.ringfork.bindings.abi.Fcntl.F_SETFD;
import static dev.ringfork.bindings.abi.Fcntl.F_SETFL;
import static dev.ringfork.bindings.abi.Fcntl.O_NONBLOCK;
import static dev.ringfork.bindings.abi.SocketConstants.AF_INET;
import static dev.ringfork.bindings.abi.SocketConstants.SOCK_CLOEXEC;
import static dev.ringfork.bindings.abi.SocketConstants.SOCK_DGRAM;
import static dev.ringfork.bindings.abi.SocketConstants.SOCK_STREAM;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ringfork.bindings.Address;
import dev.ringfork.bindings.Descriptors;
import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.SyscallException;
import dev.ringfork.bindings.Syscalls;
import dev.ringfork.reactor.protocol.Connection;
import dev.ringfork.reactor.testing.Calls;
import dev.ringfork.reactor.testing.EngineUnderTest;
import dev.ringfork.reactor.testing.NoLeakedDescriptors;
import dev.ringfork.reactor.testing.Plumbing;
import dev.ringfork.reactor.testing.Waiting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Listeners that several servers share, and what a server refuses to listen on. */
@ExtendWith(NoLeakedDescriptors.class)
final class InheritedListenerTest {
    private static final Duration LONG = Duration.ofMinutes(1);
    private static final Descriptors DESCRIPTORS = Syscalls.get().descriptors();

    private BoundElsewhere bound;
    private final List<Server> servers = new ArrayList<>();
    private final List<Client> clients = new ArrayList<>();

    @BeforeEach
    void bind() {
        bound = new BoundElsewhere(Rig.LOOPBACK);
    }

    @AfterEach
    void closeAll() {
        clients.forEach(Client::close);
        servers.forEach(server -> Waiting.of(Thread.startVirtualThread(server::close)));
        bound.close();
    }

    private Server start(EngineUnderTest engine, UnaryOperator<InheritedListener> choices) {
        servers.add(
                Server.builder(Rig.ECHO)
                        .engine(engine.engine())
                        .trigger(engine.trigger())
                        .syscalls(engine.over(Syscalls.get()))
                        .listen(choices.apply(bound.copy()))
                        .start());
        return servers.getLast();
    }

    private Client connect() throws IOException {
        clients.add(Client.connect(bound.address()));
        return clients.getLast();
    }

    /** Returns when the server has begun a turn after everything that was asked of it before. */
    private void awaitTurn(Server server) throws IOException {
        for (int i = 0; i < 2; i++) {
            long before = server.statistics().accepted();
            try (BoundElsewhere other = new BoundElsewhere(Rig.LOOPBACK)) {
                clients.add(Client.connect(other.address()));
                assertTrue(server.adopt(other.accept()));
            }
            Waiting.until(() -> server.statistics().accepted() > before, "the adopted connection");
        }
    }

    // ---- sharing

    @ParameterizedTest
    @EnumSource
    void shouldServeAllWhoComeToSeveralServers(EngineUnderTest engine) throws IOException {
        Server one = start(engine, listener -> listener);
        Server two = start(engine, listener -> listener);
        int connections = 100;

        for (int i = 0; i < connections; i++) {
            connect();
        }
        for (Client client : clients) {
            client.ping();
        }

        ServerStatistics sum = one.statistics().plus(two.statistics());
        assertEquals(connections, sum.accepts());
        assertEquals(0, sum.shed());
        assertTrue(sum.wakeups() > 0 && sum.emptyWakeups() <= sum.wakeups(), sum::toString);
    }

    @Test
    void shouldCountAWakeupForAConnectionThatAnotherGot() throws IOException {
        Server server = start(EngineUnderTest.EPOLL_LEVEL, listener -> listener);
        ServerStatistics before = server.statistics();

        // Each connection is a race for it, which the server loses sooner or later.
        Waiting.until(
                () -> {
                    try (Client _ = Client.connect(bound.address())) {
                        int fd = bound.tryAccept();
                        if (fd >= 0) {
                            DESCRIPTORS.close(fd);
                        }
                    } catch (IOException e) {
                        throw new AssertionError(e);
                    }
                    return server.statistics().emptyWakeups() > before.emptyWakeups();
                },
                "a wakeup that finds nothing");

        assertTrue(server.statistics().emptyAccepts() > 0);
        connect().ping();
    }

    @Test
    void shouldLetOthersAcceptAfterItsTurn() throws IOException {
        Server one = start(EngineUnderTest.EPOLL_LEVEL, listener -> listener.exclusive(1));
        Server two = start(EngineUnderTest.EPOLL_LEVEL, listener -> listener.exclusive(1));

        for (int i = 0; i < 100 && !bothHave(one, two); i++) {
            connect().ping();
        }

        assertTrue(bothHave(one, two), one.statistics() + " and " + two.statistics());
    }

    private static boolean bothHave(Server one, Server two) {
        return one.statistics().accepts() > 0 && two.statistics().accepts() > 0;
    }

    @Test
    void shouldRefuseAnEngineThatWakesAll() {
        InheritedListener listener = bound.copy().exclusive(16);
        ServerBuilder builder = Server.builder(Rig.ECHO).engine(Engine.POLL).listen(listener);

        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, builder::start);

        assertTrue(e.toString().contains("choose --engine epoll"), e.toString());
        // It was closed, as that of a start which fails.
        assertThrows(IllegalStateException.class, listener::take);
    }

    @Test
    void shouldTakeAnEngineThatWakesOneWhereItMayChoose() throws IOException {
        assumeTrue(
                EngineChoice.of(Engine.AUTO, EngineUnderTest.POLL.trigger(), Syscalls.get())
                        .edges());
        servers.add(
                Server.builder(Rig.ECHO)
                        .architecture(Architecture.SERIAL)
                        .listen(bound.copy().exclusive(0))
                        .start());

        assertEquals("serial, epoll, level", servers.getLast().description());
        connect().ping();
    }

    // ---- pause and drain

    @ParameterizedTest
    @EnumSource
    void shouldAcceptNothingWhileItPauses(EngineUnderTest engine) throws IOException {
        Server server = start(engine, listener -> listener);
        server.pause();
        awaitTurn(server);
        Client waiting = connect().send("late");
        awaitTurn(server);
        assertEquals(0, server.statistics().accepts());

        server.resume();

        assertEquals("late", waiting.read(4));
    }

    @ParameterizedTest
    @EnumSource
    void shouldLeaveItsQueueToTheOthersWhenItDrains(EngineUnderTest engine) throws Exception {
        Server server = start(engine, listener -> listener);
        server.pause();
        awaitTurn(server);
        connect();

        server.drain(LONG);
        clients.forEach(Client::close);
        server.awaitStop();

        assertEquals(0, server.statistics().accepts());
        DESCRIPTORS.close(bound.accept());
    }

    @ParameterizedTest
    @EnumSource
    void shouldServeItsQueueWhenItDrainsIfAsked(EngineUnderTest engine) throws Exception {
        Server server = start(engine, InheritedListener::drainsQueue);
        server.pause();
        List<Client> queued = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            queued.add(connect().send("late"));
        }

        server.drain(LONG);

        for (Client client : queued) {
            assertEquals("late", new String(client.readToEnd(), US_ASCII));
            client.close();
        }
        server.awaitStop();
        assertEquals(20, server.statistics().accepts());
        assertEquals(-Errno.EAGAIN, bound.tryAccept());
    }

    @Test
    void shouldServeItsQueueThoughDescriptorsAreOutWhenItDrains() throws Exception {
        Calls calls = new Calls(Syscalls.get());
        Server server =
                Server.builder(Rig.ECHO)
                        .syscalls(calls.syscalls())
                        .settings(ServerSettings.builder().report(_ -> {}).build())
                        .listen(bound.copy().drainsQueue())
                        .start();
        servers.add(server);
        server.pause();
        awaitTurn(server);
        Client queued = connect().send("late");
        // The second is for the attempt that spends the reserve.
        calls.refuse("accept4", Errno.EMFILE, Errno.EMFILE);

        server.drain(LONG);

        assertEquals("late", new String(queued.readToEnd(), US_ASCII));
        clients.forEach(Client::close);
        server.awaitStop();
        assertEquals(0, calls.refusalsLeft("accept4"));
    }

    // ---- unix paths

    @Test
    void shouldLeaveAPathThatItHasNotBound(@TempDir Path folder) throws IOException {
        Path path = folder.resolve("socket");
        Probe probe = new Probe();
        try (BoundElsewhere unix = new BoundElsewhere(new Address.Unix(path.toString()))) {
            Server server = Server.builder(probe).listen(unix.copy()).start();
            servers.add(server);
            clients.add(Client.connect(unix.address()));
            assertEquals(unix.address(), probe.ask(Connection::localAddress));
            assertEquals(List.of(unix.address()), server.addresses());

            server.stop();

            assertTrue(Files.exists(path));
        }
    }

    // ---- what is refused

    private static String refusal(int fd) {
        return String.valueOf(
                assertThrows(IllegalArgumentException.class, () -> InheritedListener.of(fd))
                        .getMessage());
    }

    @Test
    void shouldSayWhyItCannotListen(@TempDir Path folder) throws IOException {
        int stream = Syscalls.get().sockets().socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        int datagrams = Syscalls.get().sockets().socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        try (Plumbing plumbing = new Plumbing()) {
            int file = plumbing.file(Files.createFile(folder.resolve("file")));

            assertTrue(refusal(file).contains("ENOTSOCK"));
            assertTrue(refusal(1_000_000).contains("EBADF"));
            assertTrue(refusal(stream).contains("listen(2)"));
            assertTrue(refusal(datagrams).contains("without connections"));
        } finally {
            // They stayed open: the refused are their owner's.
            assertEquals(0, DESCRIPTORS.close(stream));
            assertEquals(0, DESCRIPTORS.close(datagrams));
        }
    }

    @Test
    void shouldSetTheModesThatALoopNeeds() {
        try (InheritedListener copy = bound.copy()) {
            DESCRIPTORS.fcntl(copy.fd(), F_SETFD, 0);
            DESCRIPTORS.fcntl(copy.fd(), F_SETFL, 0);

            InheritedListener.of(copy.fd());

            assertEquals(FD_CLOEXEC, DESCRIPTORS.fcntl(copy.fd(), F_GETFD, 0));
            assertNotEquals(0, DESCRIPTORS.fcntl(copy.fd(), F_GETFL, 0) & O_NONBLOCK);
        }
    }

    @Test
    void shouldServeOneServerOnly() {
        InheritedListener listener = bound.copy();
        ServerBuilder builder = Server.builder(Rig.ECHO).listen(listener);
        servers.add(builder.start());

        assertThrows(IllegalStateException.class, builder::start);
    }

    @Test
    void shouldRefuseToAdoptWhatIsNotThere() {
        servers.add(Server.builder(Rig.ECHO).listenNowhere().start());

        assertThrows(SyscallException.class, () -> servers.getLast().adopt(1_000_000));
    }

    @Test
    void shouldRefuseToListenNowhereAndSomewhere() {
        assertThrows(
                IllegalArgumentException.class,
                Server.builder(Rig.ECHO).listenNowhere().listen(Rig.LOOPBACK)::start);
        assertThrows(IllegalArgumentException.class, Server.builder(Rig.ECHO)::start);
    }

    @Test
    void shouldRefuseAGroupOfOneListener() {
        ServerBuilder builder =
                Server.builder(Rig.ECHO)
                        .architecture(Architecture.MULTI_REACTOR)
                        .loopAccept(LoopAccept.REUSEPORT)
                        .listen(bound.copy());

        assertThrows(IllegalArgumentException.class, builder::start);
    }
}
