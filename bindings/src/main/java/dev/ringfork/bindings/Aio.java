// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings;

/**
 * POSIX asynchronous I/O, aio(7), as the C library has it.
 *
 * <p>Not a kernel interface on Linux: glibc starts up to 20 threads that call pread(2) and
 * pwrite(2), one thread a descriptor at a time. On macOS, where it was never executed, the kernel
 * does it. Each function returns its result or {@code -errno} and neither throws nor allocates.
 * Safe for use by many threads.
 *
 * <p>Ownership: a control block ({@code struct aiocb}) and its buffer belong to the C library from
 * the call that submits the operation until {@link #aio_error} says something else than {@code
 * -EINPROGRESS}, also when it was cancelled and when the descriptor was closed. To free them
 * earlier is to let a thread write to freed memory.
 */
public interface Aio {

    /**
     * Submits a read at {@code aio_offset}, aio_read(3). Does not block.
     *
     * @param aiocb the address of a {@code struct aiocb}
     * @return 0, or {@code -EAGAIN} (too much is in flight, or no thread can be had), {@code
     *     -ENOSYS}. glibc tells other errors, {@code -EBADF} for instance, by {@link #aio_error}
     */
    int aio_read(long aiocb);

    /** Submits a write at {@code aio_offset}, aio_write(3). Returns as {@link #aio_read} does. */
    int aio_write(long aiocb);

    /**
     * How an operation stands, aio_error(3).
     *
     * @return {@code -EINPROGRESS}, 0 when it has succeeded, {@code -ECANCELED}, or the error it
     *     failed with, negated
     */
    int aio_error(long aiocb);

    /**
     * The result of an operation that has ended, aio_return(3); to be asked once.
     *
     * @return the bytes moved, 0 at the end of the file; else what {@link #aio_error} returns, and
     *     if that is {@code -EINPROGRESS}, the operation still goes on
     */
    long aio_return(long aiocb);

    /**
     * Cancels an operation, aio_cancel(3). One that a thread has begun goes on.
     *
     * @param aiocb the address of its control block, or 0 for all of the descriptor
     * @return {@code AIO_CANCELED}, {@code AIO_NOTCANCELED}, {@code AIO_ALLDONE} of {@link
     *     dev.ringfork.bindings.abi.SignalConstants}, or {@code -EBADF}
     */
    int aio_cancel(int fd, long aiocb);

    /**
     * Waits until one of several operations has ended, aio_suspend(3). Blocks.
     *
     * @param list the address of {@code count} addresses of control blocks; 0 is skipped
     * @param timeout the address of a {@code struct timespec}, or 0 to wait for ever
     * @return 0, or {@code -EAGAIN} at the time-out, {@code -EINTR}
     */
    int aio_suspend(long list, int count, long timeout);
}
