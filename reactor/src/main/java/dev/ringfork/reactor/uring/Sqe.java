// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.uring;

import static dev.ringfork.bindings.abi.IoUringOperations.IORING_ACCEPT_MULTISHOT;
import static dev.ringfork.bindings.abi.IoUringOperations.IORING_ASYNC_CANCEL_ALL;
import static dev.ringfork.bindings.abi.IoUringOperations.IORING_ASYNC_CANCEL_FD;
import static dev.ringfork.bindings.abi.IoUringOperations.IORING_ASYNC_CANCEL_FD_FIXED;
import static dev.ringfork.bindings.abi.IoUringOperations.IORING_MSG_SEND_FD;
import static dev.ringfork.bindings.abi.IoUringOperations.IORING_OP_ACCEPT;
import static dev.ringfork.bindings.abi.IoUringOperations.IORING_OP_ASYNC_CANCEL;
import static dev.ringfork.bindings.abi.IoUringOperations.IORING_OP_CLOSE;
import static dev.ringfork.bindings.abi.IoUringOperations.IORING_OP_CONNECT;
import static dev.ringfork.bindings.abi.IoUringOperations.IORING_OP_FIXED_FD_INSTALL;
import static dev.ringfork.bindings.abi.IoUringOperations.IORING_OP_FSYNC;
import static dev.ringfork.bindings.abi.IoUringOperations.IORING_OP_FUTEX_WAIT;
import static dev.ringfork.bindings.abi.IoUringOperations.IORING_OP_FUTEX_WAITV;
import static dev.ringfork.bindings.abi.IoUringOperations.IORING_OP_FUTEX_WAKE;
import static dev.ringfork.bindings.abi.IoUringOperations.IORING_OP_LINK_TIMEOUT;
import static dev.ringfork.bindings.abi.IoUringOperations.IORING_OP_MSG_RING;
import static dev.ringfork.bindings.abi.IoUringOperations.IORING_OP_NOP;
import static dev.ringfork.bindings.abi.IoUringOperations.IORING_OP_POLL_ADD;
import static dev.ringfork.bindings.abi.IoUringOperations.IORING_OP_READ;
import static dev.ringfork.bindings.abi.IoUringOperations.IORING_OP_READ_FIXED;
import static dev.ringfork.bindings.abi.IoUringOperations.IORING_OP_RECV;
import static dev.ringfork.bindings.abi.IoUringOperations.IORING_OP_RECVMSG;
import static dev.ringfork.bindings.abi.IoUringOperations.IORING_OP_SEND;
import static dev.ringfork.bindings.abi.IoUringOperations.IORING_OP_SENDMSG;
import static dev.ringfork.bindings.abi.IoUringOperations.IORING_OP_SENDMSG_ZC;
import static dev.ringfork.bindings.abi.IoUringOperations.IORING_OP_SEND_ZC;
import static dev.ringfork.bindings.abi.IoUringOperations.IORING_OP_SHUTDOWN;
import static dev.ringfork.bindings.abi.IoUringOperations.IORING_OP_SOCKET;
import static dev.ringfork.bindings.abi.IoUringOperations.IORING_OP_SPLICE;
import static dev.ringfork.bindings.abi.IoUringOperations.IORING_OP_TIMEOUT;
import static dev.ringfork.bindings.abi.IoUringOperations.IORING_OP_TIMEOUT_REMOVE;
import static dev.ringfork.bindings.abi.IoUringOperations.IORING_OP_WRITE;
import static dev.ringfork.bindings.abi.IoUringOperations.IORING_OP_WRITE_FIXED;
import static dev.ringfork.bindings.abi.IoUringOperations.IORING_RECVSEND_BUNDLE;
import static dev.ringfork.bindings.abi.IoUringOperations.IORING_RECV_MULTISHOT;
import static dev.ringfork.bindings.abi.IoUringOperations.IOSQE_BUFFER_SELECT;
import static dev.ringfork.bindings.abi.IoUringOperations.IOSQE_FIXED_FILE;
import static dev.ringfork.bindings.abi.IoUringOperations.SPLICE_F_FD_IN_FIXED;
import static dev.ringfork.reactor.uring.SharedWords.ALL;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.foreign.ValueLayout.OfInt;
import java.lang.foreign.ValueLayout.OfLong;

/**
 * One entry of the {@link SubmissionQueue}, to be prepared: the kernel's own names, in the spirit
 * of io_uring_prep_accept(3) and its like.
 *
 * <p>Every {@code prep…} overwrites the whole entry; what follows it adds. Memory that is passed by
 * address must stay as it is until the operation has completed; the exceptions, memory that need
 * only live until the submit, are said. Confined to the ring's thread; one object, moved from entry
 * to entry.
 */
public final class Sqe {
    private static final OfInt INT = ValueLayout.JAVA_INT;
    private static final OfLong LONG = ValueLayout.JAVA_LONG;

    // struct io_uring_sqe, in eight words.
    static final int BYTES = 64;
    private static final int FLAGS = 1;
    private static final int IOPRIO = 2;
    private static final int OFF = 8;
    private static final int ADDR = 16;
    private static final int LEN = 24;
    private static final int OP_FLAGS = 28;
    private static final int USER_DATA = 32;
    private static final int BUF_GROUP = 40;
    private static final int FILE_INDEX = 44;
    private static final int ADDR3 = 48;
    private static final int PAD = 56;
    private static final int FLAGS_SHIFT = 8;
    private static final int FD_SHIFT = 32;
    private static final long UNSIGNED = 0xFFFF_FFFFL;

    // Addresses: of the first entry, and of the one that this is.
    private final long start;
    private long base;

    /**
     * The first entry.
     *
     * @param sqes where all of them lie; it stays the caller's
     */
    Sqe(MemorySegment sqes) {
        start = sqes.address();
        base = start;
    }

    void index(int index) {
        base = start + (long) index * BYTES;
    }

    /**
     * Any operation; the eight words are written whole, which is as cheap as it gets.
     *
     * @param fd a descriptor, or a {@link RegisteredFiles#slot}, for which {@code IOSQE_FIXED_FILE}
     *     is added
     */
    public Sqe prep(int opcode, int fd, long address, int length, long offset) {
        long file =
                RegisteredFiles.isSlot(fd)
                        ? (long) RegisteredFiles.index(fd) << FD_SHIFT
                                | IOSQE_FIXED_FILE << FLAGS_SHIFT
                        : (long) fd << FD_SHIFT;
        ALL.set(LONG, base, file | opcode);
        ALL.set(LONG, base + OFF, offset);
        ALL.set(LONG, base + ADDR, address);
        ALL.set(LONG, base + LEN, length & UNSIGNED);
        ALL.set(LONG, base + USER_DATA, 0);
        ALL.set(LONG, base + BUF_GROUP, 0);
        ALL.set(LONG, base + ADDR3, 0);
        ALL.set(LONG, base + PAD, 0);
        return this;
    }

    // ---- what is added

    /** What the completion will carry. */
    public Sqe userData(long userData) {
        ALL.set(LONG, base + USER_DATA, userData);
        return this;
    }

    /** Adds {@code IOSQE_…} flags. */
    public Sqe flags(int flags) {
        byte before = ALL.get(ValueLayout.JAVA_BYTE, base + FLAGS);
        ALL.set(ValueLayout.JAVA_BYTE, base + FLAGS, (byte) (before | flags));
        return this;
    }

    /** Flags of a receive, send or accept: {@code IORING_RECV_MULTISHOT}… */
    public Sqe ioprio(int ioprio) {
        ALL.set(ValueLayout.JAVA_SHORT, base + IOPRIO, (short) ioprio);
        return this;
    }

    /** The operation's own flags: msg_flags, poll32_events, fsync_flags… */
    public Sqe opFlags(int flags) {
        ALL.set(INT, base + OP_FLAGS, flags);
        return this;
    }

    /** Lets the kernel pick the buffer from a group when there is something to put into it. */
    public Sqe bufferGroup(int group) {
        ALL.set(ValueLayout.JAVA_SHORT, base + BUF_GROUP, (short) group);
        return flags(IOSQE_BUFFER_SELECT);
    }

    /** The registered buffer that the address lies in. */
    public Sqe bufferIndex(int index) {
        ALL.set(ValueLayout.JAVA_SHORT, base + BUF_GROUP, (short) index);
        return this;
    }

    /** Where to install a direct descriptor, plus one; or {@code IORING_FILE_INDEX_ALLOC}. */
    public Sqe fileIndex(int indexPlusOne) {
        ALL.set(INT, base + FILE_INDEX, indexPlusOne);
        return this;
    }

    /** Has the descriptor put into a slot, or {@link RegisteredFiles#ANY}, and not numbered. */
    public Sqe into(int slot) {
        return fileIndex(RegisteredFiles.fileIndex(slot));
    }

    /** The third address, for the operations that have one. */
    public Sqe address3(long address) {
        ALL.set(LONG, base + ADDR3, address);
        return this;
    }

    // ---- sockets

    /** accept4(2): the result is the descriptor. The name, if wanted, is written to the address. */
    public Sqe prepAccept(int fd, long name, long nameLength, int flags) {
        return prep(IORING_OP_ACCEPT, fd, name, 0, nameLength).opFlags(flags);
    }

    /** One completion for each connection, without names: they would overwrite each other. */
    public Sqe prepMultishotAccept(int fd, int flags) {
        return prepAccept(fd, 0, 0, flags).ioprio(IORING_ACCEPT_MULTISHOT);
    }

    /** recv(2). */
    public Sqe prepRecv(int fd, long address, int length, int flags) {
        return prep(IORING_OP_RECV, fd, address, length, 0).opFlags(flags);
    }

    /** One completion for each arrival, in buffers of a group. */
    public Sqe prepRecvMultishot(int fd, int group, int flags) {
        return prepRecv(fd, 0, 0, flags).ioprio(IORING_RECV_MULTISHOT).bufferGroup(group);
    }

    /** send(2). */
    public Sqe prepSend(int fd, long address, int length, int flags) {
        return prep(IORING_OP_SEND, fd, address, length, 0).opFlags(flags);
    }

    /** The same from as many buffers of a group as there are, in their order. */
    public Sqe prepSendBundle(int fd, int group, int flags) {
        return prepSend(fd, 0, 0, flags).ioprio(IORING_RECVSEND_BUNDLE).bufferGroup(group);
    }

    /**
     * send(2) without copying: two completions. The first, with {@code IORING_CQE_F_MORE}, has the
     * result; the memory is free at the second, {@code IORING_CQE_F_NOTIF}. Without MORE there is
     * no second.
     */
    public Sqe prepSendZc(int fd, long address, int length, int flags) {
        return prep(IORING_OP_SEND_ZC, fd, address, length, 0).opFlags(flags);
    }

    /** sendmsg(2). The msghdr and its iovecs need only live until the submit. */
    public Sqe prepSendmsg(int fd, long message, int flags) {
        return prep(IORING_OP_SENDMSG, fd, message, 1, 0).opFlags(flags);
    }

    /** sendmsg(2) without copying; completions as those of {@link #prepSendZc}. */
    public Sqe prepSendmsgZc(int fd, long message, int flags) {
        return prep(IORING_OP_SENDMSG_ZC, fd, message, 1, 0).opFlags(flags);
    }

    /** recvmsg(2). The msghdr needs only live until the submit, its buffers until the end. */
    public Sqe prepRecvmsg(int fd, long message, int flags) {
        return prep(IORING_OP_RECVMSG, fd, message, 1, 0).opFlags(flags);
    }

    /** connect(2). The name needs only live until the submit. */
    public Sqe prepConnect(int fd, long name, int nameLength) {
        return prep(IORING_OP_CONNECT, fd, name, 0, nameLength);
    }

    /** shutdown(2). */
    public Sqe prepShutdown(int fd, int how) {
        return prep(IORING_OP_SHUTDOWN, fd, 0, how, 0);
    }

    /** socket(2): the result is the descriptor. */
    public Sqe prepSocket(int domain, int type, int protocol) {
        return prep(IORING_OP_SOCKET, domain, 0, protocol, type);
    }

    // ---- files

    /** pread(2); an offset of -1 reads at the file's own position. */
    public Sqe prepRead(int fd, long address, int length, long offset) {
        return prep(IORING_OP_READ, fd, address, length, offset);
    }

    /** pwrite(2); an offset of -1 writes at the file's own position. */
    public Sqe prepWrite(int fd, long address, int length, long offset) {
        return prep(IORING_OP_WRITE, fd, address, length, offset);
    }

    /** pread(2) into a registered buffer. */
    public Sqe prepReadFixed(int fd, long address, int length, long offset, int buffer) {
        return prep(IORING_OP_READ_FIXED, fd, address, length, offset).bufferIndex(buffer);
    }

    /** pwrite(2) from a registered buffer. */
    public Sqe prepWriteFixed(int fd, long address, int length, long offset, int buffer) {
        return prep(IORING_OP_WRITE_FIXED, fd, address, length, offset).bufferIndex(buffer);
    }

    /** fsync(2); {@code IORING_FSYNC_DATASYNC} for fdatasync(2). */
    public Sqe prepFsync(int fd, int flags) {
        return prep(IORING_OP_FSYNC, fd, 0, 0, 0).opFlags(flags);
    }

    /** splice(2); offsets of -1 where the end is a pipe. Runs on a thread of the kernel's. */
    public Sqe prepSplice(int in, long inOffset, int out, long outOffset, int length, int flags) {
        Sqe sqe = prep(IORING_OP_SPLICE, out, inOffset, length, outOffset);
        return RegisteredFiles.isSlot(in)
                ? sqe.opFlags(flags | SPLICE_F_FD_IN_FIXED).fileIndex(RegisteredFiles.index(in))
                : sqe.opFlags(flags).fileIndex(in);
    }

    /** close(2). Operations in flight on the descriptor go on: cancel them before. */
    public Sqe prepClose(int fd) {
        return RegisteredFiles.isSlot(fd)
                ? prep(IORING_OP_CLOSE, 0, 0, 0, 0).into(fd)
                : prep(IORING_OP_CLOSE, fd, 0, 0, 0);
    }

    /** A descriptor of the process for the file in a slot; close-on-exec without a flag. */
    public Sqe prepFixedFdInstall(int slot, int flags) {
        return prep(IORING_OP_FIXED_FD_INSTALL, slot, 0, 0, 0).opFlags(flags);
    }

    // ---- waiting

    /** Nothing: completes with 0. */
    public Sqe prepNop() {
        return prep(IORING_OP_NOP, -1, 0, 0, 0);
    }

    /** poll(2) once, or with {@code IORING_POLL_ADD_MULTI} at each event: the result is a mask. */
    public Sqe prepPollAdd(int fd, int events, int flags) {
        return prep(IORING_OP_POLL_ADD, fd, 0, flags, 0).opFlags(events);
    }

    /**
     * Completes with {@code -ETIME} when the time is over.
     *
     * @param timespec address of a __kernel_timespec; need only live until the submit
     * @param completions or when so many others have completed since, with 0
     */
    public Sqe prepTimeout(long timespec, int completions, int flags) {
        return prep(IORING_OP_TIMEOUT, -1, timespec, 1, completions).opFlags(flags);
    }

    /** Ends a timeout by its user data: {@code -ENOENT} if there is none, it has -ECANCELED. */
    public Sqe prepTimeoutRemove(long userData, int flags) {
        return prep(IORING_OP_TIMEOUT_REMOVE, -1, userData, 0, 0).opFlags(flags);
    }

    /** Bounds the operation before it, which has {@code IOSQE_IO_LINK}. */
    public Sqe prepLinkTimeout(long timespec, int flags) {
        return prep(IORING_OP_LINK_TIMEOUT, -1, timespec, 1, 0).opFlags(flags);
    }

    /**
     * Waits until a word is no longer what it was, as futex_wait(2).
     *
     * @param word address of the 32-bit word
     */
    public Sqe prepFutexWait(long word, long value, long mask, int futexFlags) {
        return prep(IORING_OP_FUTEX_WAIT, futexFlags, word, 0, value).address3(mask);
    }

    /**
     * Waits for several words at once, as futex_waitv(2): the result is the index of the one woken.
     *
     * @param waiters address of so many struct futex_waitv; need only live until the submit
     */
    public Sqe prepFutexWaitv(long waiters, int count) {
        return prep(IORING_OP_FUTEX_WAITV, 0, waiters, count, 0);
    }

    /** Wakes so many, as futex_wake(2): the result is how many. */
    public Sqe prepFutexWake(long word, long count, long mask, int futexFlags) {
        return prep(IORING_OP_FUTEX_WAKE, futexFlags, word, 0, count).address3(mask);
    }

    // ---- other operations, other rings

    /**
     * Ends an operation by its user data: 0, {@code -ENOENT} if there is none, {@code -EALREADY} if
     * it cannot be stopped any more. Whatever this says, the operation itself completes, with
     * {@code -ECANCELED} or as if nothing had been: wait for both.
     */
    public Sqe prepCancel(long userData, int flags) {
        return prep(IORING_OP_ASYNC_CANCEL, -1, userData, 0, 0).opFlags(flags);
    }

    /** Ends all operations on a descriptor: the result is how many. */
    public Sqe prepCancelFd(int fd) {
        int fixed = RegisteredFiles.isSlot(fd) ? IORING_ASYNC_CANCEL_FD_FIXED : 0;
        return prep(IORING_OP_ASYNC_CANCEL, fd, 0, 0, 0)
                .opFlags(IORING_ASYNC_CANCEL_FD | IORING_ASYNC_CANCEL_ALL | fixed);
    }

    /** Makes a completion in another ring, with this result and user data. */
    public Sqe prepMsgRing(int ringFd, int result, long userData, int flags) {
        return prep(IORING_OP_MSG_RING, ringFd, 0, result, userData).opFlags(flags);
    }

    /**
     * Puts the file in a slot into a slot of another ring's table, and makes a completion there.
     *
     * @param into the other table's, or {@link RegisteredFiles#ANY}
     */
    public Sqe prepMsgRingFd(int ringFd, int slot, int into, long userData, int flags) {
        return prep(IORING_OP_MSG_RING, ringFd, IORING_MSG_SEND_FD, 0, userData)
                .address3(RegisteredFiles.index(slot))
                .into(into)
                .opFlags(flags);
    }
}
