// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.uring;

import static dev.ringfork.bindings.abi.IoUringConstants.IORING_CQE_F_BUFFER;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.Syscalls;
import dev.ringfork.reactor.proactor.Operation;
import dev.ringfork.reactor.testing.Plumbing;
import dev.ringfork.reactor.testing.Plumbing.Pair;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AddLifecycleHook;
import net.jqwik.api.lifecycle.LifecycleContext;
import net.jqwik.api.lifecycle.SkipExecutionHook;

/** Trap 43: the account of a group's buffers, against a model, in any order of steps. */
@AddLifecycleHook(BufferRingModelTest.RingsAreThere.class)
final class BufferRingModelTest {
    private static final int BUFFERS = 8;
    private static final int BYTES = 32;

    /** Skips on kernels without. */
    static final class RingsAreThere implements SkipExecutionHook {
        @Override
        public SkipResult shouldBeSkipped(LifecycleContext context) {
            String absence = RingSupport.absence(Syscalls.get());
            return absence == null ? SkipResult.doNotSkip() : SkipResult.skip(absence);
        }
    }

    enum Kind {
        ADD,
        PUBLISH,
        SEND,
        RECEIVE,
        CONSUME
    }

    record Step(Kind kind, int count) {}

    @Provide
    Arbitrary<List<Step>> steps() {
        Arbitrary<Step> step =
                Combinators.combine(
                                Arbitraries.of(Kind.class), Arbitraries.integers().between(1, 70))
                        .as(Step::new);
        return step.list().ofMinSize(20).ofMaxSize(120);
    }

    @Property(tries = 60, seed = "43")
    void shouldOwnEachBufferOnce(@ForAll("steps") List<Step> steps) {
        try (Account account = new Account()) {
            for (Step step : steps) {
                account.take(step);
                account.check();
            }
            account.finish();
        }
    }

    /** Who owns what, and what has been sent and seen. */
    private static final class Account implements AutoCloseable {
        private final Plumbing plumbing = new Plumbing();
        private final Pair pair = plumbing.socketpair();
        private final Arena arena = Arena.ofConfined();
        private final MemorySegment memory = arena.allocate((long) BUFFERS * BYTES);
        private final UringProactor proactor =
                new UringProactor(
                        Ring.open(Syscalls.get(), RingSettings.DEFAULT.withSubmissions(4)));
        private final BufferRing group = BufferRing.register(proactor.ring(), 1, BUFFERS, 0);
        private final Operation receive = new Operation(this::received);

        // Each buffer is in one of these, in the order of its going there.
        private final ArrayDeque<Integer> free = new ArrayDeque<>();
        private final ArrayDeque<Integer> added = new ArrayDeque<>();
        private final ArrayDeque<Integer> kernels = new ArrayDeque<>();
        private final ArrayDeque<Integer> filled = new ArrayDeque<>();
        private final int[] begins = new int[BUFFERS];
        private final int[] ends = new int[BUFFERS];
        private int sent;
        private int arrived;
        private int consumed;

        Account() {
            for (int id = 0; id < BUFFERS; id++) {
                free.add(id);
            }
        }

        private static char letter(int index) {
            return (char) ('a' + index % 23);
        }

        void take(Step step) {
            switch (step.kind) {
                case ADD -> add(step.count % BUFFERS);
                case PUBLISH -> publish();
                case SEND -> send(step.count);
                case RECEIVE -> receive();
                case CONSUME -> consume(step.count);
            }
        }

        private void add(int count) {
            for (int i = 0; i < count && !free.isEmpty(); i++) {
                int id = free.remove();
                group.add(id, memory.address() + (long) BYTES * id, BYTES);
                added.add(id);
            }
        }

        private void publish() {
            group.publish();
            kernels.addAll(added);
            added.clear();
        }

        private void send(int count) {
            StringBuilder text = new StringBuilder();
            for (int i = 0; i < count; i++) {
                text.append(letter(sent++));
            }
            plumbing.write(pair.far(), text.toString());
        }

        private void receive() {
            if (!receive.inFlight()) {
                proactor.recvMultishot(receive, pair.near(), group.group(), 0);
            }
            do {
                proactor.await(0);
            } while (proactor.complete() > 0);
        }

        private void received(Operation operation, int result, int flags) {
            if (result == -Errno.ECANCELED) {
                // The account is being closed.
                return;
            }
            if ((flags & IORING_CQE_F_BUFFER) == 0) {
                assertEquals(-Errno.ENOBUFS, result);
                assertTrue(kernels.isEmpty(), "the kernel has a buffer and says it has none");
                return;
            }
            int id = BufferRing.id(flags);
            assertEquals(kernels.remove(), id, "buffers are used in the order of their adding");
            assertTrue(result > 0 && result <= BYTES);
            filled.add(id);
            begins[id] = 0;
            ends[id] = result;
            arrived += result;
        }

        /** Reads so many bytes; a buffer of which a part was read stays ours. */
        private void consume(int count) {
            for (int i = 0; i < count && !filled.isEmpty(); i++) {
                int id = filled.element();
                long at = (long) BYTES * id + begins[id]++;
                assertEquals(letter(consumed++), (char) memory.get(JAVA_BYTE, at));
                if (begins[id] == ends[id]) {
                    free.add(filled.remove());
                }
            }
        }

        void check() {
            assertEquals(BUFFERS, free.size() + added.size() + kernels.size() + filled.size());
            int seen = 0;
            for (ArrayDeque<Integer> owned : List.of(free, added, kernels, filled)) {
                for (int id : owned) {
                    assertEquals(0, seen & (1 << id), "a buffer has two owners");
                    seen |= 1 << id;
                }
            }
            assertTrue(consumed <= arrived && arrived <= sent);
        }

        /** Nothing was lost. */
        void finish() {
            for (int turns = 0; consumed < sent; turns++) {
                assertTrue(turns < sent + 2, "bytes were lost");
                consume(sent);
                add(BUFFERS);
                publish();
                receive();
                check();
            }
        }

        @Override
        public void close() {
            proactor.close();
            group.close();
            plumbing.close();
            arena.close();
        }
    }
}
