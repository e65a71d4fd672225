// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.uring;

import static dev.ringfork.bindings.abi.IoUringOperations.IOSQE_IO_LINK;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.Memory;
import dev.ringfork.bindings.abi.Fcntl;
import dev.ringfork.bindings.abi.Layouts;
import dev.ringfork.reactor.Slots;
import dev.ringfork.reactor.proactor.Operation;
import java.lang.foreign.MemorySegment;

/**
 * How operations begin: entries of the SQ, the memory that the kernel reads at the submit, chains
 * that no submit may split, and the submit itself.
 *
 * <p>Confined to the ring's thread. Closes the ring.
 */
final class Submitter implements AutoCloseable {
    private static final long NS_PER_S = 1_000_000_000L;
    private static final int TIMESPEC_BYTES = 16;
    private static final int IOVEC_BYTES = 16;
    private static final int MSGHDR_BYTES = Layouts.current().size("msghdr");
    private static final int MSG_IOV = Layouts.current().offset("msghdr", "msg_iov");
    private static final int MSG_IOVLEN = Layouts.current().offset("msghdr", "msg_iovlen");
    private static final int SUBMIT_ATTEMPTS = 100;
    private static final int CHAIN = 2;

    /** What addresses point into: a segment for each would be garbage where the JIT is not kind. */
    static final MemorySegment ALL = Memory.at(0, Long.MAX_VALUE);

    /** More pieces than these are too many for the kernel, however many. */
    private static final int VECTOR_MAX = Fcntl.IOV_MAX + 1;

    /** The most memory that one operation needs until the submit. */
    private static final int PIECE_BYTES_MAX = MSGHDR_BYTES + VECTOR_MAX * IOVEC_BYTES;

    private final Ring ring;
    private final Slots<Operation> operations;
    private final SubmissionQueue submissions;
    private final SubmitMemory memory = new SubmitMemory();
    private int nextFlags;
    private boolean prompt = true;
    private boolean begun;
    private boolean closed;

    /**
     * Takes over a ring.
     *
     * @param operations where those that begin are added
     */
    Submitter(Ring ring, Slots<Operation> operations) {
        this.ring = ring;
        this.operations = operations;
        this.submissions = ring.submissions();
    }

    // ---- the ring

    /** Enables the ring, on the thread that is its own from now on. */
    void begin() {
        if (!begun) {
            requireOpen();
            ring.enable();
            begun = true;
        }
    }

    /** Whether the ring is enabled, and not closed. */
    boolean begun() {
        return begun;
    }

    /** Whether anything was asked for. */
    boolean used() {
        return begun || submissions.pending() > 0;
    }

    /** The memory of a closed ring is not there any more: to touch it would end the process. */
    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("the proactor was closed");
        }
    }

    void submit() {
        begin();
        for (int i = 0; submissions.pending() > 0; i++) {
            settled(ring.submit(prompt), i);
        }
        submitted();
    }

    /** What a submit came to: some errors go away, the others are the end of the ring. */
    private void settled(int result, int attempt) {
        if (result < 0 && (!passes(result) || attempt > SUBMIT_ATTEMPTS)) {
            Errno.check("io_uring_enter", result, "submit");
        }
        if (result == -Errno.EAGAIN || result == -Errno.EBUSY) {
            // Completions that did not fit must move out of the kernel's memory first.
            ring.submitAndWait(0, prompt);
        }
    }

    private void submitted() {
        prompt = true;
        memory.clear();
    }

    int await(long timeoutNs) {
        begin();
        int result = ring.submitAndWait(timeoutNs, prompt);
        if (submissions.pending() == 0) {
            submitted();
        } else if (result >= 0) {
            submit();
        }
        return result == -Errno.ETIME || passes(result)
                ? result
                : Errno.check("io_uring_enter", result, "wait");
    }

    /** Whether it is an error that goes away. */
    private static boolean passes(int result) {
        return result == -Errno.EINTR || result == -Errno.EAGAIN || result == -Errno.EBUSY;
    }

    /** The next submit may take the time of a disk, or of a socket that lingers. */
    void slow() {
        prompt = false;
    }

    // ---- operations

    /** An entry that was not prepared; makes room if there is none. */
    Sqe entry() {
        requireOpen();
        Sqe sqe = submissions.next();
        while (sqe == null) {
            submit();
            sqe = submissions.next();
        }
        return sqe;
    }

    /**
     * The same for an operation, which must not be in flight: then nothing is to be done at all.
     */
    Sqe entry(Operation operation) {
        if (operation.inFlight()) {
            throw new IllegalStateException("an operation was begun that is in flight");
        }
        if (nextFlags != 0) {
            makeRoom(0);
        }
        return entry();
    }

    /**
     * Makes room for an operation and a piece of memory that it needs; if it is the first of two,
     * for the second as well, since a chain does not reach beyond a submit.
     */
    private void makeRoom(int bytes) {
        requireOpen();
        boolean two = nextFlags != 0;
        int memoryBytes = two ? bytes + PIECE_BYTES_MAX : bytes;
        if (submissions.room() < (two ? CHAIN : 1) || !memory.has(memoryBytes)) {
            submit();
        }
    }

    void start(Operation operation, Sqe prepared) {
        operation.begin();
        prepared.userData(operations.add(operation));
        if (nextFlags != 0) {
            prepared.flags(nextFlags);
            nextFlags = 0;
        }
    }

    /** Makes the next operation the first of two. */
    void link() {
        if (submissions.entries() < CHAIN) {
            throw new IllegalStateException("a ring of one submission has no room for two");
        }
        nextFlags = IOSQE_IO_LINK;
    }

    // ---- memory that lives until the submit

    /**
     * A piece of it. Room for the operation is made before: to make it later would free the piece
     * while the operation still needs it.
     */
    private int take(int bytes) {
        makeRoom(bytes);
        return memory.take(bytes);
    }

    /** A piece to be filled by the caller, as a segment. */
    MemorySegment scratch(int bytes) {
        return memory.segment.asSlice(take(bytes), bytes);
    }

    /** The address of a msghdr and a copy of its vector, which the kernel refuses if too long. */
    long message(long iov, int count) {
        int vectorBytes = Math.clamp(count, 0, VECTOR_MAX) * IOVEC_BYTES;
        int header = take(MSGHDR_BYTES + vectorBytes);
        int vector = header + MSGHDR_BYTES;
        for (int i = 0; i < MSGHDR_BYTES; i += Long.BYTES) {
            memory.segment.set(JAVA_LONG, header + i, 0);
        }
        memory.segment.set(JAVA_LONG, header + MSG_IOV, memory.address(vector));
        memory.segment.set(JAVA_LONG, header + MSG_IOVLEN, count);
        MemorySegment.copy(ALL, iov, memory.segment, vector, vectorBytes);
        return memory.address(header);
    }

    /** The address of a __kernel_timespec. */
    long timespec(long ns) {
        int time = take(TIMESPEC_BYTES);
        memory.segment.set(JAVA_LONG, time, ns / NS_PER_S);
        memory.segment.set(JAVA_LONG, time + Long.BYTES, ns % NS_PER_S);
        return memory.address(time);
    }

    @Override
    public void close() {
        closed = true;
        begun = false;
        ring.close();
        memory.close();
    }
}
