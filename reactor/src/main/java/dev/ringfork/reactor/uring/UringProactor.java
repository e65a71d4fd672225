// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.uring;

import static dev.ringfork.bindings.abi.IoUringConstants.IORING_CQE_F_MORE;
import static dev.ringfork.bindings.abi.IoUringOperations.FUTEX2_PRIVATE;
import static dev.ringfork.bindings.abi.IoUringOperations.FUTEX2_SIZE_U32;
import static dev.ringfork.bindings.abi.IoUringOperations.FUTEX_BITSET_MATCH_ANY;
import static dev.ringfork.bindings.abi.IoUringOperations.IORING_ASYNC_CANCEL_ALL;
import static dev.ringfork.bindings.abi.IoUringOperations.IORING_ASYNC_CANCEL_ANY;
import static dev.ringfork.bindings.abi.IoUringOperations.IORING_FSYNC_DATASYNC;
import static dev.ringfork.bindings.abi.IoUringOperations.IORING_POLL_ADD_MULTI;
import static dev.ringfork.bindings.abi.IoUringOperations.IORING_TIMEOUT_MULTISHOT;
import static dev.ringfork.bindings.abi.IoUringOperations.IOSQE_CQE_SKIP_SUCCESS;
import static dev.ringfork.bindings.abi.IoUringOperations.IOSQE_IO_LINK;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.ringfork.bindings.Address;
import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.Memory;
import dev.ringfork.bindings.SyscallException;
import dev.ringfork.bindings.abi.Fcntl;
import dev.ringfork.bindings.abi.Layouts;
import dev.ringfork.reactor.Slots;
import dev.ringfork.reactor.proactor.Operation;
import dev.ringfork.reactor.proactor.Proactor;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * The proactor over io_uring(7): one submission for each operation, one enter for many.
 *
 * <p>Confined to the thread that enables its ring, the first one that submits; operations may be
 * asked for on another before. Owns its ring.
 */
public final class UringProactor implements Proactor {
    /** User data of what nobody waits for; no token is so small. */
    static final long NOBODY = 0;

    /** What splice(2) leaks of the kernel's inside when a thread that does it is interrupted. */
    private static final int ERESTARTSYS = 512;

    private static final long NS_PER_S = 1_000_000_000L;
    private static final int TIMESPEC_BYTES = 16;
    private static final int IOVEC_BYTES = 16;
    private static final int MSGHDR_BYTES = Layouts.current().size("msghdr");
    private static final int MSG_IOV = Layouts.current().offset("msghdr", "msg_iov");
    private static final int MSG_IOVLEN = Layouts.current().offset("msghdr", "msg_iovlen");
    private static final long CLOSE_WAIT_NS = 1_000_000_000L;
    private static final int SUBMIT_ATTEMPTS = 100;
    private static final int CHAIN = 2;

    /** What addresses point into: a segment for each would be garbage where the JIT is not kind. */
    static final MemorySegment ALL = Memory.at(0, Long.MAX_VALUE);

    /** More pieces than these are too many for the kernel, however many. */
    private static final int VECTOR_MAX = Fcntl.IOV_MAX + 1;

    /** The most memory that one operation needs until the submit. */
    private static final int PIECE_BYTES_MAX = MSGHDR_BYTES + VECTOR_MAX * IOVEC_BYTES;

    private final Ring ring;
    private final SubmissionQueue submissions;
    private final CompletionQueue completions;
    private final SubmitMemory memory = new SubmitMemory();
    private final Slots<Operation> operations = new Slots<>();
    private int inFlight;
    // How many of the completions that were there have not been handled.
    private int unread;
    private int nextFlags;
    private boolean prompt = true;
    private boolean begun;
    private boolean closing;
    private boolean closed;

    /** Takes over a ring. */
    public UringProactor(Ring ring) {
        this.ring = ring;
        this.submissions = ring.submissions();
        this.completions = ring.completions();
    }

    /** The ring, for what goes beyond operations. It stays the proactor's. */
    public Ring ring() {
        return ring;
    }

    // ---- the loop

    /** Enables the ring, on the thread that is its own from now on. */
    void begin() {
        if (!begun) {
            requireOpen();
            ring.enable();
            begun = true;
        }
    }

    /** The memory of a closed ring is not there any more: to touch it would end the process. */
    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("the proactor was closed");
        }
    }

    @Override
    public void submit() {
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

    @Override
    public int await(long timeoutNs) {
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

    @Override
    public int complete() {
        int count = 0;
        unread = begun ? completions.ready() : 0;
        // A handler may complete what is left of these, or close: then there is nothing to go on.
        for (; unread > 0; count++) {
            unread--;
            long userData = completions.userData(0);
            int result = completions.res(0);
            int flags = completions.flags(0);
            // One by one: a handler may need the place, and may throw.
            completions.advance(1);
            dispatch(userData, result, flags);
        }
        return count;
    }

    private void dispatch(long userData, int reported, int flags) {
        if (userData == NOBODY) {
            return;
        }
        Operation operation = operations.find(userData);
        if (operation == null) {
            throw new IllegalStateException(
                    "a completion of no operation: %x, %d, %x"
                            .formatted(userData, reported, flags));
        }
        int result = reported == -ERESTARTSYS ? -Errno.EINTR : reported;
        boolean last = (flags & IORING_CQE_F_MORE) == 0;
        if (last) {
            operations.remove(operation);
            inFlight--;
        } else if (result == -Errno.ETIME && operation.cancelling()) {
            // Between two times a repeating timeout is not found by who wants to cancel it.
            cancel(operation);
        }
        operation.complete(result, flags, last);
    }

    @Override
    public int inFlight() {
        return inFlight;
    }

    // ---- how an operation begins

    /** An entry that was not prepared; makes room if there is none. */
    private Sqe entry() {
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
    private Sqe entry(Operation operation) {
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

    private void start(Operation operation, Sqe prepared) {
        operation.begin();
        inFlight++;
        prepared.userData(operations.add(operation));
        if (nextFlags != 0) {
            prepared.flags(nextFlags);
            nextFlags = 0;
        }
    }

    /**
     * A piece of memory that lives until the submit. Room for the operation is made before: to make
     * it later would free the piece while the operation still needs it.
     */
    private int scratch(int bytes) {
        makeRoom(bytes);
        return memory.take(bytes);
    }

    // ---- sockets

    @Override
    public void accept(Operation operation, int fd, int flags) {
        start(operation, entry(operation).prepAccept(fd, 0, 0, flags));
    }

    @Override
    public void acceptMultishot(Operation operation, int fd, int flags) {
        start(operation, entry(operation).prepMultishotAccept(fd, flags));
    }

    @Override
    public void recv(Operation operation, int fd, long address, int length, int flags) {
        start(operation, entry(operation).prepRecv(fd, address, length, flags));
    }

    @Override
    public void recvInto(Operation operation, int fd, int group, int flags) {
        start(operation, entry(operation).prepRecv(fd, 0, 0, flags).bufferGroup(group));
    }

    @Override
    public void recvMultishot(Operation operation, int fd, int group, int flags) {
        start(operation, entry(operation).prepRecvMultishot(fd, group, flags));
    }

    @Override
    public void send(Operation operation, int fd, long address, int length, int flags) {
        start(operation, entry(operation).prepSend(fd, address, length, flags));
    }

    @Override
    public void sendv(Operation operation, int fd, long iov, int count, int flags) {
        long message = message(iov, count);
        start(operation, entry(operation).prepSendmsg(fd, message, flags));
    }

    @Override
    public void sendZc(Operation operation, int fd, long address, int length, int flags) {
        start(operation, entry(operation).prepSendZc(fd, address, length, flags));
    }

    @Override
    public void sendvZc(Operation operation, int fd, long iov, int count, int flags) {
        long message = message(iov, count);
        start(operation, entry(operation).prepSendmsgZc(fd, message, flags));
    }

    /** A msghdr and a copy of its vector, which the kernel refuses if it is too long. */
    private long message(long iov, int count) {
        int vectorBytes = Math.clamp(count, 0, VECTOR_MAX) * IOVEC_BYTES;
        int header = scratch(MSGHDR_BYTES + vectorBytes);
        int vector = header + MSGHDR_BYTES;
        for (int i = 0; i < MSGHDR_BYTES; i += Long.BYTES) {
            memory.segment.set(JAVA_LONG, header + i, 0);
        }
        memory.segment.set(JAVA_LONG, header + MSG_IOV, memory.address(vector));
        memory.segment.set(JAVA_LONG, header + MSG_IOVLEN, count);
        MemorySegment.copy(ALL, iov, memory.segment, vector, vectorBytes);
        return memory.address(header);
    }

    @Override
    public void sendmsg(Operation operation, int fd, long message, int flags) {
        start(operation, entry(operation).prepSendmsg(fd, message, flags));
    }

    @Override
    public void recvmsg(Operation operation, int fd, long message, int flags) {
        start(operation, entry(operation).prepRecvmsg(fd, message, flags));
    }

    @Override
    public void connect(Operation operation, int fd, Address address) {
        int name = scratch(Address.BYTES_MAX);
        int length = address.encode(memory.segment.asSlice(name, Address.BYTES_MAX));
        start(operation, entry(operation).prepConnect(fd, memory.address(name), length));
    }

    @Override
    public void shutdown(Operation operation, int fd, int how) {
        start(operation, entry(operation).prepShutdown(fd, how));
    }

    // ---- files and pipes

    @Override
    public void read(Operation operation, int fd, long address, int length, long offset) {
        start(operation, entry(operation).prepRead(fd, address, length, offset));
        prompt = false;
    }

    @Override
    public void write(Operation operation, int fd, long address, int length, long offset) {
        start(operation, entry(operation).prepWrite(fd, address, length, offset));
        prompt = false;
    }

    @Override
    public void fsync(Operation operation, int fd, boolean dataOnly) {
        start(operation, entry(operation).prepFsync(fd, dataOnly ? IORING_FSYNC_DATASYNC : 0));
        prompt = false;
    }

    @Override
    public void splice(
            Operation operation, int in, long inOffset, int out, long outOffset, int length) {
        start(operation, entry(operation).prepSplice(in, inOffset, out, outOffset, length, 0));
    }

    @Override
    public void close(Operation operation, int fd) {
        start(operation, entry(operation).prepClose(fd));
        prompt = false;
    }

    @Override
    public void close(int fd) {
        entry().prepClose(fd).flags(IOSQE_CQE_SKIP_SUCCESS);
        // A socket that lingers closes within the submit, in its own time.
        prompt = false;
    }

    // ---- waiting

    @Override
    public void nop(Operation operation) {
        start(operation, entry(operation).prepNop());
    }

    @Override
    public void poll(Operation operation, int fd, int events) {
        start(operation, entry(operation).prepPollAdd(fd, events, 0));
    }

    @Override
    public void pollMultishot(Operation operation, int fd, int events) {
        start(operation, entry(operation).prepPollAdd(fd, events, IORING_POLL_ADD_MULTI));
    }

    @Override
    public void timeout(Operation operation, long delayNs) {
        long time = timespec(delayNs);
        start(operation, entry(operation).prepTimeout(time, 0, 0));
    }

    @Override
    public void timeoutMultishot(Operation operation, long delayNs, int count) {
        long time = timespec(delayNs);
        start(operation, entry(operation).prepTimeout(time, count, IORING_TIMEOUT_MULTISHOT));
    }

    private long timespec(long ns) {
        int time = scratch(TIMESPEC_BYTES);
        memory.segment.set(JAVA_LONG, time, ns / NS_PER_S);
        memory.segment.set(JAVA_LONG, time + Long.BYTES, ns % NS_PER_S);
        return memory.address(time);
    }

    @Override
    public void futexWait(Operation operation, long address, int expected) {
        int kind = FUTEX2_SIZE_U32 | FUTEX2_PRIVATE;
        start(
                operation,
                entry(operation)
                        .prepFutexWait(
                                address,
                                Integer.toUnsignedLong(expected),
                                Integer.toUnsignedLong(FUTEX_BITSET_MATCH_ANY),
                                kind));
    }

    // ---- together

    @Override
    public void link() {
        if (submissions.entries() < CHAIN) {
            throw new IllegalStateException("a ring of one submission has no room for two");
        }
        nextFlags = IOSQE_IO_LINK;
    }

    @Override
    public void linkTimeout(Operation operation, long delayNs) {
        long time = timespec(delayNs);
        start(operation, entry(operation).prepLinkTimeout(time, 0));
    }

    @Override
    public void cancel(Operation operation) {
        if (operation.inFlight()) {
            operation.cancel();
            entry().prepCancel(operation.token(), 0).flags(IOSQE_CQE_SKIP_SUCCESS);
        }
    }

    @Override
    public void cancelAll(int fd) {
        entry().prepCancelFd(fd).flags(IOSQE_CQE_SKIP_SUCCESS);
    }

    // ---- the end

    /**
     * Cancels what is in flight and waits for it: the kernel writes into no memory after this. What
     * cannot be cancelled, as a read from a disk, is waited for as long as it takes. What was asked
     * for and not submitted yet is submitted before.
     *
     * <p>Called on the ring's thread, or when that has ended. Then nothing can be waited for: the
     * operations stay in flight for ever, and what they work with has to stay as well.
     *
     * @throws IllegalStateException if the ring is that of another thread that runs
     * @throws RuntimeException what a handler has thrown, after everything else is done
     */
    @Override
    public void close() {
        if (closing) {
            return;
        }
        ring.requireClosable();
        closing = true;
        try {
            if (ring.usable() && (begun || submissions.pending() > 0)) {
                drain();
            }
        } catch (SyscallException e) {
            // The ring has failed. The kernel cancels what is left when the descriptor goes, but
            // tells nobody: that stays in flight.
        } finally {
            closed = true;
            begun = false;
            unread = 0;
            ring.close();
            memory.close();
        }
    }

    private void drain() {
        RuntimeException thrown = null;
        // What nobody waits for, as closing, is done with no less.
        submit();
        while (inFlight > 0) {
            entry().prepCancel(0, IORING_ASYNC_CANCEL_ANY | IORING_ASYNC_CANCEL_ALL);
            await(CLOSE_WAIT_NS);
            RuntimeException one = completeAnyway();
            thrown = thrown == null ? one : thrown;
        }
        submit();
        if (thrown != null) {
            throw thrown;
        }
    }

    /** The kernel still works with memory of the others when the handler of one fails. */
    private @Nullable RuntimeException completeAnyway() {
        try {
            complete();
            return null;
        } catch (RuntimeException e) {
            return e;
        }
    }
}
