// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ringfork.bindings.Syscalls;
import dev.ringfork.reactor.protocol.Protocol;
import dev.ringfork.reactor.testing.EngineUnderTest;
import dev.ringfork.reactor.testing.NoLeakedDescriptors;
import dev.ringfork.reactor.testing.Waiting;
import dev.ringfork.reactor.uring.RingSupport;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Loops that accept by turns. */
@ExtendWith(NoLeakedDescriptors.class)
final class AcceptGateTest {
    private static final Duration SOON = Duration.ofMillis(5);
    private static final Duration NEVER = Duration.ofHours(1);

    private final Turnstile gate = new Turnstile();
    private final AtomicInteger servedWithTheGate = new AtomicInteger();
    private final List<Server> servers = new ArrayList<>();
    private final List<Client> clients = new ArrayList<>();

    /** A gate that knows who has it. */
    private static final class Turnstile implements AcceptGate {
        final AtomicReference<@Nullable Thread> holder = new AtomicReference<>();
        final AtomicInteger attempts = new AtomicInteger();
        final AtomicInteger releases = new AtomicInteger();

        @Override
        public boolean tryAcquire() {
            attempts.getAndIncrement();
            return holder.compareAndSet(null, Thread.currentThread());
        }

        @Override
        public void release() {
            releases.getAndIncrement();
            if (!holder.compareAndSet(Thread.currentThread(), null)) {
                throw new AssertionError("given back by " + Thread.currentThread());
            }
        }

        boolean mine() {
            return Thread.currentThread().equals(holder.get());
        }

        void awaitHeld() {
            Waiting.until(() -> holder.get() != null, "a loop that waits with the gate");
        }
    }

    /** Sends back what it gets, and counts when it runs under the gate. */
    private final Protocol watchful =
            connection -> {
                look();
                return in -> {
                    look();
                    connection.write(in);
                };
            };

    private void look() {
        if (gate.mine()) {
            servedWithTheGate.getAndIncrement();
        }
    }

    @AfterEach
    void closeAll() {
        clients.forEach(Client::close);
        servers.forEach(server -> Waiting.of(Thread.startVirtualThread(server::close)));
        assertNull(gate.holder.get(), "the gate was kept");
    }

    private Server start(ServerBuilder builder, EngineUnderTest engine, Duration delay) {
        servers.add(
                builder.engine(engine.engine())
                        .trigger(engine.trigger())
                        .syscalls(engine.over(Syscalls.get()))
                        .acceptGate(gate, delay)
                        .start());
        return servers.getLast();
    }

    private Client connect() throws IOException {
        clients.add(Client.connect(servers.getFirst().addresses().getFirst()));
        return clients.getLast();
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "REUSEPORT")
    void shouldServeUnderEveryArchitecture(LoopsUnderTest loops) throws IOException {
        serve(loops, loops.usualEngine());
    }

    @ParameterizedTest
    @EnumSource(names = {"ONE", "SHARED", "ACCEPTOR", "SERIAL", "PROACTOR", "SYNC", "BUFFERED"})
    void shouldServeOnARingUnderEveryArchitecture(LoopsUnderTest loops) throws IOException {
        assumeTrue(RingSupport.find(Syscalls.get()).absence() == null, "no ring");
        serve(loops, EngineUnderTest.IO_URING);
    }

    private void serve(LoopsUnderTest loops, EngineUnderTest engine) throws IOException {
        ServerBuilder builder = Server.builder(watchful).listen(Rig.LOOPBACK);
        Server server = start(loops.arrange(builder), engine, SOON);

        for (int i = 0; i < 20; i++) {
            Client client = connect();
            client.ping();
            if (!loops.manyAreServed()) {
                client.close();
            }
        }

        assertEquals(20, server.statistics().accepts());
        assertEquals(0, servedWithTheGate.get());
    }

    @ParameterizedTest
    @EnumSource
    void shouldAcceptByTurnsWithEveryEngine(EngineUnderTest engine) throws IOException {
        try (BoundElsewhere bound = new BoundElsewhere(Rig.LOOPBACK)) {
            start(Server.builder(watchful).listen(bound.copy()), engine, SOON);
            start(Server.builder(watchful).listen(bound.copy()), engine, SOON);

            // More than are accepted in one turn.
            for (int i = 0; i < 3 * Acceptor.BATCH_MAX; i++) {
                connect();
            }
            for (Client client : clients) {
                client.ping();
                client.ping();
            }

            assertEquals(0, servedWithTheGate.get());
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldAcceptNothingWithoutTheGate(EngineUnderTest engine) throws IOException {
        assertTrue(gate.tryAcquire());
        Server server = start(Server.builder(watchful).listen(Rig.LOOPBACK), engine, SOON);
        Client waiting = connect().send("late");
        int attempts = gate.attempts.get();
        Waiting.until(() -> gate.attempts.get() > attempts + 3, "further attempts");
        assertEquals(0, server.statistics().accepts());

        gate.release();

        assertEquals("late", waiting.read(4));
    }

    @ParameterizedTest
    @EnumSource(names = {"EPOLL_LEVEL", "IO_URING"})
    void shouldWaitForItsConnectionsWithoutTheGate(EngineUnderTest engine) throws IOException {
        Server server = start(Server.builder(watchful).listen(Rig.LOOPBACK), engine, NEVER);
        Client served = connect();
        served.ping();
        gate.awaitHeld();

        // Its own end of the line: the loop gets it again unless somebody is faster.
        Waiting.until(
                () -> {
                    served.ping();
                    return gate.tryAcquire();
                },
                "the gate");
        connect();
        for (int i = 0; i < 10; i++) {
            served.ping();
        }
        assertEquals(1, server.statistics().accepts());

        gate.release();
        served.ping();
        clients.getLast().ping();
    }

    @ParameterizedTest
    @EnumSource(names = {"EPOLL_LEVEL", "IO_URING"})
    void shouldLeaveTheGateToOthersWhenItHasLittleRoom(EngineUnderTest engine) throws IOException {
        ServerSettings settings = ServerSettings.builder().maxConnections(8).build();
        start(Server.builder(watchful).listen(Rig.LOOPBACK).settings(settings), engine, NEVER);
        for (int i = 0; i < 8; i++) {
            connect().ping();
        }
        clients.getFirst().ping();
        int attempts = gate.attempts.get();

        for (int i = 0; i < 10; i++) {
            clients.getFirst().ping();
        }

        assertEquals(attempts, gate.attempts.get());
        assertNull(gate.holder.get());
    }

    @ParameterizedTest
    @EnumSource(names = {"EPOLL_LEVEL", "IO_URING"})
    void shouldCompeteAgainWhenItHasYielded(EngineUnderTest engine) throws IOException {
        ServerSettings settings = ServerSettings.builder().maxConnections(8).build();
        start(Server.builder(watchful).listen(Rig.LOOPBACK).settings(settings), engine, SOON);
        for (int i = 0; i < 8; i++) {
            connect().ping();
        }

        gate.awaitHeld();
    }

    @Test
    void shouldHoldNoGateWhileNobodyIsFree() throws IOException {
        start(
                Server.builder(watchful).listen(Rig.LOOPBACK).architecture(Architecture.SERIAL),
                EngineUnderTest.POLL,
                NEVER);
        Client only = connect();
        only.ping();
        only.ping();

        assertTrue(gate.attempts.get() > 0);
        assertNull(gate.holder.get());
        only.close();
        gate.awaitHeld();
    }

    @Test
    void shouldGiveTheGateBackWhenItPauses() {
        start(Server.builder(watchful).listen(Rig.LOOPBACK), EngineUnderTest.EPOLL_LEVEL, NEVER);
        gate.awaitHeld();

        servers.getFirst().pause();

        Waiting.until(() -> gate.holder.get() == null, "the gate to be free");
        servers.getFirst().resume();
        gate.awaitHeld();
    }

    // ---- what is refused

    private static String refusal(ServerBuilder builder) {
        return String.valueOf(
                assertThrows(IllegalArgumentException.class, builder.listen(Rig.LOOPBACK)::start)
                        .getMessage());
    }

    @Test
    void shouldRefuseLoopsThatDoNotCompete() {
        ServerBuilder builder =
                Server.builder(watchful)
                        .architecture(Architecture.MULTI_REACTOR)
                        .loopAccept(LoopAccept.REUSEPORT);

        assertTrue(refusal(builder.acceptGate(gate, SOON)).contains("--loop-accept"));
    }

    @Test
    void shouldRefuseADelayOfNothing() {
        ServerBuilder builder = Server.builder(watchful);

        assertThrows(IllegalArgumentException.class, () -> builder.acceptGate(gate, Duration.ZERO));
    }
}
