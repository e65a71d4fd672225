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
import static dev.ringfork.bindings.abi.IoUringOperations.IORING_RECVSEND_BUNDLE;
import static dev.ringfork.bindings.abi.IoUringOperations.IORING_RECVSEND_FIXED_BUF;
import static dev.ringfork.bindings.abi.IoUringOperations.IORING_RECV_MULTISHOT;
import static dev.ringfork.bindings.abi.IoUringOperations.IORING_TIMEOUT_MULTISHOT;
import static dev.ringfork.bindings.abi.IoUringOperations.IOSQE_CQE_SKIP_SUCCESS;

import dev.ringfork.bindings.Address;
import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.SyscallException;
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
 *
 * <p>Wherever an operation takes a descriptor, it takes a {@link RegisteredFiles#slot} as well; one
 * that is empty or not in the table is {@code -EBADF}.
 */
public final class UringProactor implements Proactor {
    /** What splice(2) leaks of the kernel's inside when a thread that does it is interrupted. */
    private static final int ERESTARTSYS = 512;

    private static final int FUTEX_OF_THIS_PROCESS = FUTEX2_SIZE_U32 | FUTEX2_PRIVATE;
    private static final long ANY_BIT = Integer.toUnsignedLong(FUTEX_BITSET_MATCH_ANY);
    private static final long CLOSE_WAIT_NS = 1_000_000_000L;

    private final Ring ring;
    private final CompletionQueue completions;
    private final Slots<Operation> operations = new Slots<>();
    private final Messages messages = new Messages();
    private final Submitter submitter;
    // How many of the completions that were there have not been handled.
    private int unread;
    private boolean closing;

    /** Takes over a ring. */
    public UringProactor(Ring ring) {
        this.ring = ring;
        this.completions = ring.completions();
        this.submitter = new Submitter(ring, operations);
    }

    /** The ring, for what goes beyond operations. It stays the proactor's. */
    public Ring ring() {
        return ring;
    }

    // ---- the loop

    /** Enables the ring, on the thread that is its own from now on. */
    void begin() {
        submitter.begin();
    }

    @Override
    public void submit() {
        submitter.submit();
    }

    @Override
    public int await(long timeoutNs) {
        return submitter.await(timeoutNs);
    }

    @Override
    public int complete() {
        int count = 0;
        unread = submitter.begun() ? completions.ready() : 0;
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
        if (Messages.is(userData)) {
            messages.receive(userData, reported);
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
        } else if (result == -Errno.ETIME && operation.cancelling()) {
            // Between two times a repeating timeout is not found by who wants to cancel it.
            cancel(operation);
        }
        operation.complete(result, flags, last);
    }

    @Override
    public int inFlight() {
        return operations.count();
    }

    // ---- how an operation begins

    private Sqe entry() {
        return submitter.entry();
    }

    private Sqe entry(Operation operation) {
        return submitter.entry(operation);
    }

    private void start(Operation operation, Sqe prepared) {
        submitter.start(operation, prepared);
    }

    /** The same for what may take the time of a disk, or of a socket that lingers. */
    private void startSlow(Operation operation, Sqe prepared) {
        submitter.start(operation, prepared);
        submitter.slow();
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
        long message = submitter.message(iov, count);
        start(operation, entry(operation).prepSendmsg(fd, message, flags));
    }

    @Override
    public void sendZc(Operation operation, int fd, long address, int length, int flags) {
        start(operation, entry(operation).prepSendZc(fd, address, length, flags));
    }

    @Override
    public void sendvZc(Operation operation, int fd, long iov, int count, int flags) {
        long message = submitter.message(iov, count);
        start(operation, entry(operation).prepSendmsgZc(fd, message, flags));
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
        MemorySegment name = submitter.scratch(Address.BYTES_MAX);
        int length = address.encode(name);
        start(operation, entry(operation).prepConnect(fd, name.address(), length));
    }

    @Override
    public void shutdown(Operation operation, int fd, int how) {
        start(operation, entry(operation).prepShutdown(fd, how));
    }

    // ---- files and pipes

    @Override
    public void read(Operation operation, int fd, long address, int length, long offset) {
        startSlow(operation, entry(operation).prepRead(fd, address, length, offset));
    }

    @Override
    public void write(Operation operation, int fd, long address, int length, long offset) {
        startSlow(operation, entry(operation).prepWrite(fd, address, length, offset));
    }

    @Override
    public void fsync(Operation operation, int fd, boolean dataOnly) {
        startSlow(operation, entry(operation).prepFsync(fd, dataOnly ? IORING_FSYNC_DATASYNC : 0));
    }

    @Override
    public void splice(
            Operation operation, int in, long inOffset, int out, long outOffset, int length) {
        start(operation, entry(operation).prepSplice(in, inOffset, out, outOffset, length, 0));
    }

    @Override
    public void close(Operation operation, int fd) {
        startSlow(operation, entry(operation).prepClose(fd));
    }

    @Override
    public void close(int fd) {
        entry().prepClose(fd).flags(IOSQE_CQE_SKIP_SUCCESS);
        // A socket that lingers closes within the submit, in its own time.
        submitter.slow();
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
        long time = submitter.timespec(delayNs);
        start(operation, entry(operation).prepTimeout(time, 0, 0));
    }

    @Override
    public void timeoutMultishot(Operation operation, long delayNs, int count) {
        long time = submitter.timespec(delayNs);
        start(operation, entry(operation).prepTimeout(time, count, IORING_TIMEOUT_MULTISHOT));
    }

    @Override
    public void futexWait(Operation operation, long address, int expected) {
        long value = Integer.toUnsignedLong(expected);
        start(
                operation,
                entry(operation).prepFutexWait(address, value, ANY_BIT, FUTEX_OF_THIS_PROCESS));
    }

    // ---- direct descriptors

    /**
     * accept4(2) into a slot; what was there is closed. Result: 0, or the number of the slot if
     * that was {@link RegisteredFiles#ANY}; {@code -ENFILE} if none is free, {@code -EINVAL} if
     * there is no such slot or SOCK_CLOEXEC was asked for, {@code -ENXIO} or, for any slot, {@code
     * -ENFILE} without a table. If it is the table that has failed, the connection was accepted and
     * is closed.
     */
    public void acceptInto(Operation operation, int fd, int slot, int flags) {
        start(operation, entry(operation).prepAccept(fd, 0, 0, flags).into(slot));
    }

    /**
     * The same again and again, into free slots: a completion for each connection, with the number
     * of its slot. When no slot is free the next connection is accepted and closed, which its
     * client sees as an end of input or a reset, and the last completion has {@code -ENFILE}: begin
     * again when a slot was emptied. Until then connections wait in the listener's backlog. Who
     * wants to lose none cancels when the last slot is filled.
     */
    public void acceptMultishotInto(Operation operation, int fd, int flags) {
        start(operation, entry(operation).prepMultishotAccept(fd, flags).into(RegisteredFiles.ANY));
    }

    /** socket(2) into a slot, with results as those of {@link #acceptInto}. Linux 5.19. */
    public void socketInto(Operation operation, int domain, int type, int protocol, int slot) {
        start(operation, entry(operation).prepSocket(domain, type, protocol).into(slot));
    }

    /**
     * Makes a descriptor of what is in a slot, close-on-exec, for calls that need one. Both are
     * open then and closed on their own. Result: the descriptor; {@code -EMFILE}, {@code -EBADF} if
     * the slot is empty or is a descriptor, {@code -EINVAL} before Linux 6.8.
     */
    public void install(Operation operation, int slot) {
        start(operation, entry(operation).prepFixedFdInstall(slot, 0));
    }

    // ---- buffers that the kernel knows

    /**
     * recv(2) once, into as many buffers of a group as it takes, where {@code ./ringfork probe} has
     * {@code recv bundle}. Result: how many bytes; the flags name the first buffer, and {@link
     * BufferRing#after} the others. All but the last are full; more may be there. {@code -ENOBUFS}
     * when the group is empty; one whose buffers are filled piece by piece is not for this.
     */
    public void recvBundle(Operation operation, int fd, int group, int flags) {
        start(
                operation,
                entry(operation)
                        .prepRecv(fd, 0, 0, flags)
                        .ioprio(IORING_RECVSEND_BUNDLE)
                        .bufferGroup(group));
    }

    /** The same again and again, as {@link #recvMultishot}. */
    public void recvBundleMultishot(Operation operation, int fd, int group, int flags) {
        start(
                operation,
                entry(operation)
                        .prepRecvMultishot(fd, group, flags)
                        .ioprio(IORING_RECV_MULTISHOT | IORING_RECVSEND_BUNDLE));
    }

    /**
     * send(2) of what is in the buffers of a group, in the order that it was added, where {@code
     * ./ringfork probe} has {@code send bundle}. Completes once or many times; each result says how
     * many bytes, and the buffers that it names are free. The kernel sends all of a buffer, however
     * long that takes, or the connection has failed: then the last result is less than its buffers
     * hold, or an error, and what was left of them is in the group no more. {@code -ENOBUFS} when
     * there is nothing to send. One at a time for a socket, and no other use of the group.
     */
    public void sendBundle(Operation operation, int fd, int group, int flags) {
        start(operation, entry(operation).prepSendBundle(fd, group, flags));
    }

    /**
     * pread(2) into a registered buffer.
     *
     * @param address in the buffer; {@code -EFAULT} if it is not, or if there is no such buffer
     * @param buffer its number in {@link RegisteredBuffers}
     */
    public void readFixed(
            Operation operation, int fd, long address, int length, long offset, int buffer) {
        startSlow(operation, entry(operation).prepReadFixed(fd, address, length, offset, buffer));
    }

    /** pwrite(2) from a registered buffer, as {@link #readFixed}. */
    public void writeFixed(
            Operation operation, int fd, long address, int length, long offset, int buffer) {
        startSlow(operation, entry(operation).prepWriteFixed(fd, address, length, offset, buffer));
    }

    /** {@link #sendZc} from a registered buffer, with errors as those of {@link #readFixed}. */
    public void sendZcFixed(
            Operation operation, int fd, long address, int length, int flags, int buffer) {
        start(
                operation,
                entry(operation)
                        .prepSendZc(fd, address, length, flags)
                        .ioprio(IORING_RECVSEND_FIXED_BUF)
                        .bufferIndex(buffer));
    }

    // ---- words that others change

    /**
     * Waits for several words at once, futex_waitv(2), Linux 6.7. Result: the index of one that was
     * woken; {@code -EAGAIN} if one has changed already, {@code -EINVAL} for none or too many.
     *
     * @param waiters address of so many struct futex_waitv, which must live until the submit
     */
    public void futexWaitv(Operation operation, long waiters, int count) {
        start(operation, entry(operation).prepFutexWaitv(waiters, count));
    }

    /**
     * Wakes those who wait for a word in this process, futex(2), Linux 6.7. Result: how many.
     *
     * @param atMost how many to wake
     */
    public void futexWake(Operation operation, long address, int atMost) {
        start(
                operation,
                entry(operation).prepFutexWake(address, atMost, ANY_BIT, FUTEX_OF_THIS_PROCESS));
    }

    // ---- messages between rings

    /**
     * Has a handler called with each message that is sent to the token, as long as this lives.
     *
     * @return the token, which other threads may use with the descriptor of this {@link #ring}
     */
    public long onMessage(MessageHandler handler) {
        return messages.add(handler);
    }

    /**
     * Sends a value to another ring, or to this one, Linux 5.18. The message is a completion there
     * and wakes who waits for one; what does not fit into the queue waits in the kernel, as other
     * completions do. Result: 0 when it has come, or is certain to when the other's thread enters
     * its ring, if that is not closed before; {@code -EBADFD} if the descriptor is no ring's or
     * that is not enabled, {@code -EBADF} if it was closed, {@code -EOVERFLOW} or {@code -ENOMEM}
     * if the kernel has no memory for it.
     *
     * @param token of {@link #onMessage} there
     */
    public void message(Operation operation, int ringFd, long token, int value) {
        start(operation, entry(operation).prepMsgRing(ringFd, value, token, 0));
    }

    /**
     * Puts what is in a slot into the table of another ring as well, and sends a message that it is
     * there, Linux 6.0. Result: as that of {@link #acceptInto}, which is the value of the message
     * too; or {@code -EBADF} if the slot is empty, {@code -EINVAL} if it is the same ring, and as
     * {@link #message}: after {@code -EOVERFLOW} it is there, but nobody was told.
     *
     * @param token of {@link #onMessage} there
     * @param slot of this ring; it stays filled
     * @param into of the other ring, or {@link RegisteredFiles#ANY}
     */
    public void passSlot(Operation operation, int ringFd, long token, int slot, int into) {
        start(operation, entry(operation).prepMsgRingFd(ringFd, slot, into, token, 0));
    }

    // ---- together

    @Override
    public void link() {
        submitter.link();
    }

    @Override
    public void linkTimeout(Operation operation, long delayNs) {
        long time = submitter.timespec(delayNs);
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
            if (ring.usable() && submitter.used()) {
                drain();
            }
        } catch (SyscallException e) {
            // The ring has failed. The kernel cancels what is left when the descriptor goes, but
            // tells nobody: that stays in flight.
        } finally {
            unread = 0;
            submitter.close();
        }
    }

    private void drain() {
        RuntimeException thrown = null;
        // What nobody waits for, as closing, is done with no less.
        submit();
        while (inFlight() > 0) {
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
