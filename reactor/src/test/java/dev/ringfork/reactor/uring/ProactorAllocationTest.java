// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.uring;

import static dev.ringfork.bindings.abi.SocketConstants.MSG_NOSIGNAL;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringfork.bindings.Syscalls;
import dev.ringfork.reactor.proactor.CompletionHandler;
import dev.ringfork.reactor.proactor.Operation;
import dev.ringfork.reactor.testing.AllocatedBytes;
import dev.ringfork.reactor.testing.Plumbing.Pair;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;

/** Nothing is allocated for an operation. */
final class ProactorAllocationTest extends RingTest {
    /** Until then classes are loaded and compiled, and what they need is allocated. */
    private static final int WARM_UP = 30_000;

    private static final int MEASURED = 100_000;
    private static final int ROUNDS = 5;

    private int completions;
    private final CompletionHandler counter = (operation, result, flags) -> completions++;
    private final Operation nop = new Operation(counter);
    private final Operation send = new Operation(counter);
    private final Operation recv = new Operation(counter);

    @Override
    RingSettings settings() {
        return RingSettings.DEFAULT;
    }

    private void await(UringProactor own) {
        own.await(PATIENCE_NS);
        while (own.complete() == 0 || own.inFlight() > 0) {
            own.await(PATIENCE_NS);
        }
    }

    private void nops(UringProactor own, int times) {
        for (int i = 0; i < times; i++) {
            own.nop(nop);
            await(own);
        }
    }

    private void exchanges(UringProactor own, Pair pair, long memory, long vector, int times) {
        for (int i = 0; i < times; i++) {
            own.recv(recv, pair.near(), memory + 8, 8, 0);
            if (i % 2 == 0) {
                own.send(send, pair.far(), memory, 8, MSG_NOSIGNAL);
            } else {
                own.sendv(send, pair.far(), vector, 1, MSG_NOSIGNAL);
            }
            await(own);
        }
    }

    @Test
    void shouldAllocateNothingForAnOperation() throws ReflectiveOperationException {
        AllocatedBytes allocated = new AllocatedBytes();
        Pair pair = plumbing.socketpair();
        MemorySegment memory = arena.allocate(16);
        long vector = vector("12345678").address();
        // Its calls are the system's own: those that are watched allocate.
        try (UringProactor own = new UringProactor(Ring.open(Syscalls.get(), settings()))) {
            nops(own, WARM_UP);
            exchanges(own, pair, memory.address(), vector, WARM_UP);
            long bytes = Long.MAX_VALUE;
            // A round in which code is still being compiled may allocate; if an operation does, it
            // shows in every round, a hundred thousand times.
            for (int round = 0; bytes >= MEASURED && round < ROUNDS; round++) {
                completions = 0;
                long before = allocated.of(Thread.currentThread());
                nops(own, MEASURED);
                exchanges(own, pair, memory.address(), vector, MEASURED);
                bytes = allocated.of(Thread.currentThread()) - before;
                assertEquals(3 * MEASURED, completions);
            }
            assertTrue(bytes < MEASURED, bytes + " bytes");
        }
    }
}
