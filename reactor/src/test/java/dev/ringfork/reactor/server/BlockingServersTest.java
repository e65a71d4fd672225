// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.server;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ringfork.bindings.Syscalls;
import dev.ringfork.reactor.testing.EngineUnderTest;
import dev.ringfork.reactor.testing.NoLeakedDescriptors;
import dev.ringfork.reactor.testing.Waiting;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadFactory;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** How many connections are served at a time where each may block its thread. */
@ExtendWith(NoLeakedDescriptors.class)
final class BlockingServersTest {
    private static final Duration LONG = Duration.ofMinutes(1);

    private final List<Client> clients = new ArrayList<>();
    private final List<Server> servers = new ArrayList<>();

    @AfterEach
    void closeAll() {
        clients.forEach(Client::close);
        servers.forEach(server -> Waiting.of(Thread.startVirtualThread(server::close)));
    }

    private Server start(Architecture architecture, UnaryOperator<ServerBuilder> choices) {
        ServerBuilder builder = Server.builder(Rig.ECHO).listen(Rig.LOOPBACK);
        servers.add(choices.apply(builder.architecture(architecture)).start());
        return servers.getLast();
    }

    private Client connect(Server server) throws Exception {
        clients.add(Client.connect(server.addresses().getFirst()));
        return clients.getLast();
    }

    @Test
    void shouldServeOneAfterTheOther() throws Exception {
        Server server = start(Architecture.SERIAL, builder -> builder);
        Client first = connect(server);
        first.ping();
        Client second = connect(server).send("next");
        Client third = connect(server).send("last");
        first.ping();
        assertEquals(1, server.statistics().accepted());

        first.close();
        assertEquals("next", second.read(4));
        assertEquals(2, server.statistics().accepted());
        second.close();

        assertEquals("last", third.read(4));
    }

    @Test
    void shouldLeaveToTheBacklogWhoFindsNoThread() throws Exception {
        Server server = start(Architecture.THREAD_PER_CONNECTION, builder -> builder.maxThreads(2));
        Client first = connect(server);
        Client second = connect(server);
        first.ping();
        second.ping();
        Client waiting = connect(server).send("late");
        first.ping();
        second.ping();
        assertEquals(2, server.statistics().accepted());

        second.close();

        assertEquals("late", waiting.read(4));
        assertEquals(0, server.statistics().shed());
    }

    @Test
    void shouldAcceptWhoWaitedWhenItDrains() throws Exception {
        for (boolean serial : new boolean[] {true, false}) {
            Server server =
                    serial
                            ? start(Architecture.SERIAL, builder -> builder)
                            : start(
                                    Architecture.THREAD_PER_CONNECTION,
                                    builder -> builder.maxThreads(1));
            Client first = connect(server);
            first.ping();
            Client waiting = connect(server).send("late");

            server.drain(LONG);
            first.expectEnd();
            first.close();

            assertEquals("late", new String(waiting.readToEnd(), 0, 4, US_ASCII));
            waiting.close();
            server.awaitStop();
            assertEquals(2, server.statistics().accepted());
        }
    }

    @Test
    void shouldEndThreadsThatHaveNothingToServe() throws Exception {
        List<Thread> threads = new ArrayList<>();
        Server server =
                startWith(run -> {
                    threads.add(new Thread(run));
                    return threads.getLast();
                });
        Client client = connect(server);
        client.ping();
        client.close();

        Waiting.until(() -> server.statistics().open() == 0, "the end of the connection");
        assertEquals(1, threads.size());
        Waiting.of(threads.getFirst());

        connect(server).ping();
        assertEquals(2, threads.size());
    }

    @Test
    void shouldAcceptForAPoolNoMoreThanItsQueueHolds() throws Exception {
        Server server =
                start(
                        Architecture.THREAD_POOL,
                        builder -> builder.minThreads(1).maxThreads(1).threadQueue(1));
        Client first = connect(server);
        first.ping();
        Client queued = connect(server).send("next");
        Client inBacklog = connect(server).send("last");
        first.ping();
        assertEquals(1, server.statistics().accepted());

        first.close();
        assertEquals("next", queued.read(4));
        queued.close();

        assertEquals("last", inBacklog.read(4));
        assertEquals(0, server.statistics().shed());
    }

    @Test
    void shouldServeWhoIsQueuedWhenItDrains() throws Exception {
        Server server = start(Architecture.THREAD_POOL, builder -> builder.maxThreads(1));
        Client first = connect(server);
        first.ping();
        List<Client> queued = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            queued.add(connect(server).send("next"));
        }

        server.drain(LONG);
        first.expectEnd();
        first.close();

        for (Client client : queued) {
            assertEquals("next", new String(client.readToEnd(), US_ASCII));
            client.close();
        }
        server.awaitStop();
        assertEquals(6, server.statistics().accepted());
    }

    @Test
    void shouldCloseWhoIsQueuedWhenTheTimeOfADrainIsOver() throws Exception {
        Server server = start(Architecture.THREAD_POOL, builder -> builder.maxThreads(1));
        connect(server).ping();
        Client queued = connect(server);

        server.drain(Duration.ofMillis(1));

        queued.expectClosed();
        server.awaitStop();
    }

    @Test
    void shouldGrowAndShrinkBetweenItsBounds() throws Exception {
        List<Thread> threads = new CopyOnWriteArrayList<>();
        Server server =
                startWith(
                        new ThreadChoice(1, 3, 0),
                        run -> {
                            threads.add(new Thread(run));
                            return threads.getLast();
                        });
        List<Client> open = new ArrayList<>();
        for (int i = 1; i <= 3; i++) {
            open.add(connect(server));
            open.getLast().ping();
            assertEquals(i, threads.size());
        }

        open.forEach(Client::close);

        Waiting.until(
                () -> threads.stream().filter(Thread::isAlive).count() == 1, "two of the threads");
        connect(server).ping();
        assertEquals(3, threads.size());
    }

    @Test
    void shouldCloseWhoCannotHaveAThread() throws Exception {
        Server server =
                startWith(run ->
                        new Thread(run) {
                            @Override
                            public void start() {
                                throw new OutOfMemoryError("unable to create native thread");
                            }
                        });

        connect(server).expectClosed();

        Waiting.until(() -> server.statistics().shed() == 1, "the shed connection");
        assertEquals(0, server.statistics().open());
    }

    private Server startWith(ThreadFactory threads) {
        return startWith(new ThreadChoice(0, 8, 0), threads);
    }

    private Server startWith(ThreadChoice choice, ThreadFactory threads) {
        ServerPlan plan =
                new ServerPlan(
                        Rig.ECHO,
                        List.of(new ListenAddress(Rig.LOOPBACK, false)),
                        EngineChoice.of(
                                EngineUnderTest.POLL.engine(),
                                EngineUnderTest.POLL.trigger(),
                                Syscalls.get()),
                        ServerSettings.builder().report(said -> {}).build(),
                        Syscalls.get());
        servers.add(
                LoopPerConnectionServer.start(
                        plan, _ -> new ThreadsCrew("threads", choice, threads)));
        return servers.getLast();
    }
}
