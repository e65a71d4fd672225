// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringfork.bindings.Address;
import dev.ringfork.reactor.protocol.Protocol;
import dev.ringfork.reactor.testing.AllocatedBytes;
import dev.ringfork.reactor.testing.EngineUnderTest;
import dev.ringfork.reactor.testing.NoLeakedDescriptors;
import dev.ringfork.reactor.testing.Waiting;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

@ExtendWith(NoLeakedDescriptors.class)
final class AllocationTest {
    private static final int MESSAGE_BYTES = 64;

    /** Until then classes are loaded and compiled, and what they need is allocated. */
    private static final int WARM_UP = 20_000;

    private static final int MEASURED = 20_000;

    @ParameterizedTest
    // Not kqueue: its model allocates, and would hide what the engine does.
    @EnumSource(mode = Mode.MATCH_NONE, names = "KQUEUE.*")
    void shouldAllocateNothingForARequest(EngineUnderTest engine) throws Exception {
        assertAllocatesNothing(engine, builder -> builder);
    }

    @ParameterizedTest
    @EnumSource(names = {"EPOLL_LEVEL", "IO_URING"})
    void shouldAllocateNothingToAcceptByTurns(EngineUnderTest engine) throws Exception {
        AtomicBoolean held = new AtomicBoolean();
        AcceptGate gate =
                new AcceptGate() {
                    private int turn;

                    @Override
                    public boolean tryAcquire() {
                        // Lost to another every third time.
                        return turn++ % 3 != 0 && held.compareAndSet(false, true);
                    }

                    @Override
                    public void release() {
                        held.set(false);
                    }
                };
        assertAllocatesNothing(engine, builder -> builder.acceptGate(gate, Duration.ofMillis(500)));
    }

    private static void assertAllocatesNothing(
            EngineUnderTest engine, UnaryOperator<ServerBuilder> choices) throws Exception {
        BlockingQueue<Thread> loop = new ArrayBlockingQueue<>(1);
        Protocol echo =
                connection -> {
                    loop.add(Thread.currentThread());
                    return in -> {
                        connection.expireAfter(60_000_000_000L);
                        connection.write(in);
                    };
                };
        AllocatedBytes allocated = new AllocatedBytes();
        ServerBuilder builder =
                choices.apply(
                        Server.builder(echo)
                                .listen(Rig.LOOPBACK)
                                .engine(engine.engine())
                                .trigger(engine.trigger()));
        try (Server server = builder.start();
                SocketChannel client = connect(server)) {
            Thread thread = Waiting.of(loop, "the connection");
            ping(client, WARM_UP);
            long before = allocated.of(thread);
            ping(client, MEASURED);
            long bytes = allocated.of(thread) - before;

            // A recompilation may allocate once; a request that does shows thousands of times.
            assertTrue(bytes < MEASURED, () -> bytes + " bytes in " + MEASURED + " requests");
        }
    }

    private static SocketChannel connect(Server server) throws IOException {
        int port = ((Address.Inet4) server.addresses().getFirst()).port();
        SocketChannel channel =
                SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        return channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    }

    private static void ping(SocketChannel client, int times) throws IOException {
        ByteBuffer message = ByteBuffer.allocateDirect(MESSAGE_BYTES);
        for (int i = 0; i < times; i++) {
            message.putInt(0, i).clear();
            client.write(message);
            message.clear();
            while (message.hasRemaining()) {
                assertTrue(client.read(message) > 0, "the server closed");
            }
            assertEquals(i, message.getInt(0));
        }
    }
}
