// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.proactor;

import dev.ringfork.bindings.Address;

/**
 * Begins operations and tells when they have completed.
 *
 * <p>Confined to one thread; handlers run when it calls {@link #complete}. Nothing begins before
 * {@link #submit} or {@link #await}, in the order of the calls. Each method begins an operation
 * that is not in flight ({@link IllegalStateException} if it is) and never fails itself: every
 * error is the result of the completion. Memory that is passed by address belongs to the operation
 * until its last completion; names, vectors and times are copied.
 *
 * <p>Whether a socket has O_NONBLOCK makes no difference. Reading or writing something else that
 * has it waits, or completes with {@code -EAGAIN}: that depends on what it is and on the kernel.
 */
public interface Proactor extends AutoCloseable {

    // ---- the loop

    /** Has what was asked for begin; waits for nothing. */
    void submit();

    /**
     * The same, and waits until something has completed.
     *
     * @param timeoutNs 0 does not wait, negative waits for ever
     * @return 0 or more, {@code -ETIME} or {@code -EINTR}
     */
    int await(long timeoutNs);

    /**
     * Calls the handlers of what has completed by now. A handler may do so too, or close; an
     * exception of one leaves the rest for the next call.
     *
     * @return how many completions there were
     */
    int complete();

    /** How many operations have begun and not completed for the last time. */
    int inFlight();

    // ---- sockets

    /** accept4(2). Result: the descriptor; {@code -EMFILE}, {@code -ECONNABORTED}… */
    void accept(Operation operation, int fd, int flags);

    /**
     * accept4(2) again and again: a completion for each connection, until one that is the last, an
     * error mostly.
     */
    void acceptMultishot(Operation operation, int fd, int flags);

    /** recv(2). Result: how many bytes, 0 at the end of input; {@code -ECONNRESET}… */
    void recv(Operation operation, int fd, long address, int length, int flags);

    /** recv(2) once, into a buffer of a group; {@code -ENOBUFS} when that is empty. */
    void recvInto(Operation operation, int fd, int group, int flags);

    /**
     * recv(2) again and again, each into a buffer of a group. Any completion may be the last: the
     * end of input, an error, {@code -ENOBUFS} when the group is empty, or because the kernel wants
     * it; then what has arrived since waits in the socket.
     */
    void recvMultishot(Operation operation, int fd, int group, int flags);

    /**
     * send(2). Result: how many bytes, fewer than asked for perhaps; {@code -EPIPE}, {@code
     * -ECONNRESET}… One at a time for a socket: two in flight may change places.
     */
    void send(Operation operation, int fd, long address, int length, int flags);

    /**
     * sendmsg(2) of many pieces.
     *
     * @param iov address of {@code count} struct iovec, copied; {@code -EMSGSIZE} if there are more
     *     than IOV_MAX
     */
    void sendv(Operation operation, int fd, long iov, int count, int flags);

    /**
     * send(2) without a copy by the kernel: the first completion tells how many bytes, the last one
     * that the memory is free. An error may be the only completion.
     */
    void sendZc(Operation operation, int fd, long address, int length, int flags);

    /** {@link #sendv} as {@link #sendZc}. */
    void sendvZc(Operation operation, int fd, long iov, int count, int flags);

    /** sendmsg(2). The msghdr must live until the submit, what it names until the end. */
    void sendmsg(Operation operation, int fd, long message, int flags);

    /** recvmsg(2). The msghdr must live until the submit, what it names until the end. */
    void recvmsg(Operation operation, int fd, long message, int flags);

    /** connect(2). Result: 0; {@code -ECONNREFUSED}, {@code -ENETUNREACH}… */
    void connect(Operation operation, int fd, Address address);

    /** shutdown(2). */
    void shutdown(Operation operation, int fd, int how);

    // ---- files and pipes

    /** pread(2); an offset of -1 is the file's own position. */
    void read(Operation operation, int fd, long address, int length, long offset);

    /** pwrite(2); an offset of -1 is the file's own position. */
    void write(Operation operation, int fd, long address, int length, long offset);

    /** fsync(2), or fdatasync(2). */
    void fsync(Operation operation, int fd, boolean dataOnly);

    /**
     * splice(2) between a pipe and something else; offsets are -1 for a pipe. Done by a thread of
     * the kernel's: for much at once.
     */
    void splice(Operation operation, int in, long inOffset, int out, long outOffset, int length);

    /**
     * close(2), in order with what was begun before. What is in flight on the descriptor keeps the
     * socket open and goes on: {@link #cancelAll} before.
     */
    void close(Operation operation, int fd);

    /** The same when nobody wants to know. */
    void close(int fd);

    // ---- waiting

    /** Completes with 0. */
    void nop(Operation operation);

    /** poll(2) once. Result: the events. */
    void poll(Operation operation, int fd, int events);

    /** poll(2) again and again: a completion each time that something has changed. */
    void pollMultishot(Operation operation, int fd, int events);

    /** A time. Result: {@code -ETIME} when it is over. */
    void timeout(Operation operation, long delayNs);

    /** The same, {@code count} times or, with 0, for ever: a completion at each. */
    void timeoutMultishot(Operation operation, long delayNs, int count);

    /**
     * Waits until a word is not what it was, futex(2). Result: 0 when woken, {@code -EAGAIN} if it
     * has changed already.
     */
    void futexWait(Operation operation, long address, int expected);

    // ---- together

    /**
     * Makes the next operation that is begun the first of two: the one begun after it, with nothing
     * asked for in between, waits for it, and is cancelled if it fails or does less than was asked.
     * Sending or receiving less is no failure without MSG_WAITALL.
     */
    void link();

    /**
     * Bounds the operation begun just before, after {@link #link}: in time this completes with
     * {@code -ECANCELED}, else with {@code -ETIME} and the other with {@code -ECANCELED}.
     */
    void linkTimeout(Operation operation, long delayNs);

    /**
     * Asks that an operation end. It completes in any case, with {@code -ECANCELED} or as if
     * nothing had been. Nothing if it is not in flight.
     */
    void cancel(Operation operation);

    /** The same for all operations on a descriptor that were begun before. */
    void cancelAll(int fd);

    /**
     * Cancels what is in flight, waits for it, calls the handlers, and gives everything back; what
     * they begin is cancelled as well. Nothing can be asked for after that ({@link
     * IllegalStateException}).
     */
    @Override
    void close();
}
