// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.uring;

import static dev.ringfork.bindings.abi.IoUringConstants.IORING_CQE_F_MORE;
import static dev.ringfork.bindings.abi.IoUringOperations.IORING_ASYNC_CANCEL_ALL;
import static dev.ringfork.bindings.abi.IoUringOperations.IORING_ASYNC_CANCEL_ANY;

import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.SyscallException;
import dev.ringfork.bindings.Syscalls;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;

/** A ring for one trial: a few operations, each waited for with a deadline. */
final class TrialRing {
    private static final long WAIT_MS = 2_000;
    private static final long NS_PER_MS = 1_000_000;

    /** More rounds than operations fit into the ring of a trial. */
    private static final int CANCELS_MAX = 64;

    private static final long CANCEL = -1;

    private final Ring ring;
    private final Deque<BufferRing> groups = new ArrayDeque<>();

    TrialRing(Syscalls syscalls, RingSettings settings) {
        this.ring = Ring.open(syscalls, settings);
    }

    /** What an operation has come to. */
    record Completion(long userData, int result, int flags) {
        boolean more() {
            return (flags & IORING_CQE_F_MORE) != 0;
        }

        boolean has(int flag) {
            return (flags & flag) != 0;
        }
    }

    void enable() {
        ring.enable();
    }

    Ring ring() {
        return ring;
    }

    Sqe next() {
        return Objects.requireNonNull(ring.submissions().next(), "more than the ring has room for");
    }

    int register(String name, int opcode, MemorySegment argument, int count) {
        return Errno.check(name, ring.register(opcode, argument.address(), count), null);
    }

    void submit() {
        Errno.check("io_uring_enter", ring.submit(true), null);
    }

    /** Submits what was prepared and takes the next completion, whatever it says. */
    Completion complete() {
        submit();
        CompletionQueue queue = ring.completions();
        long deadline = System.nanoTime() + WAIT_MS * NS_PER_MS;
        while (queue.ready() == 0) {
            long left = deadline - System.nanoTime();
            TrialBench.expect(left > 0, "nothing completed in %d ms".formatted(WAIT_MS));
            int result = ring.submitAndWait(left, true);
            if (result != -Errno.ETIME && result != -Errno.EINTR) {
                Errno.check("io_uring_enter", result, null);
            }
        }
        Completion first = new Completion(queue.userData(0), queue.res(0), queue.flags(0));
        queue.advance(1);
        return first;
    }

    /** The same, of an operation that is expected to succeed. */
    Completion done(String operation) {
        Completion completion = complete();
        if (completion.result < 0) {
            throw new SyscallException(operation, -completion.result, null);
        }
        return completion;
    }

    /** Registers group 0, of buffers that lie one behind the other. */
    void group(MemorySegment memory, int count, int flags) {
        BufferRing group = BufferRing.register(ring, 0, count, flags);
        groups.push(group);
        int each = (int) (memory.byteSize() / count);
        for (int i = 0; i < count; i++) {
            group.add(i, memory.address() + (long) i * each, each);
        }
        group.publish();
    }

    /**
     * Ends what is in flight and closes the ring.
     *
     * @return whether the kernel is known to have finished with the memory of its operations
     */
    boolean finish() {
        boolean idle = false;
        try {
            idle = cancelled();
        } catch (IllegalStateException | SyscallException e) {
            // What cannot be cancelled ends with the ring, but nobody learns when.
            idle = false;
        }
        while (!groups.isEmpty()) {
            groups.pop().close();
        }
        ring.close();
        return idle;
    }

    private boolean cancelled() {
        for (int i = 0; i < CANCELS_MAX; i++) {
            next().prepCancel(0, IORING_ASYNC_CANCEL_ANY | IORING_ASYNC_CANCEL_ALL)
                    .userData(CANCEL);
            Completion completion = complete();
            while (completion.userData != CANCEL) {
                completion = complete();
            }
            if (completion.result == 0 || completion.result == -Errno.ENOENT) {
                return true;
            }
            if (completion.result < 0 && completion.result != -Errno.EALREADY) {
                return false;
            }
        }
        return false;
    }
}
