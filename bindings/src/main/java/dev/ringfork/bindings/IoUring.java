// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings;

/**
 * Linux's rings of submissions and completions, io_uring(7).
 *
 * <p>The three calls of the kernel, the second in two forms. What lies between them is memory: the
 * rings are mapped by {@link Mappings#mmap} at the offsets that setup stores, their heads and tails
 * read and written with acquire and release. Each call returns its result or {@code -errno} ({@code
 * -ENOSYS} on other systems) and neither throws nor allocates. Safe for use by many threads, as far
 * as the ring is: one made with {@code IORING_SETUP_SINGLE_ISSUER} is entered by one thread.
 */
public interface IoUring {

    /**
     * Makes a ring, io_uring_setup(2). The descriptor is not inherited by programs.
     *
     * @param entries of the submission queue, rounded up to a power of two
     * @param params the address of an io_uring_params, zero but for what is asked; sizes, features
     *     and offsets are stored in it
     * @return the ring's descriptor, or {@code -ENOSYS} (before Linux 5.1, or a filter), {@code
     *     -EPERM} (the sysctl kernel.io_uring_disabled, or a filter such as a container's), {@code
     *     -EINVAL} (no entries or too many, or a flag that this kernel does not have), {@code
     *     -ENOMEM} (before Linux 5.12: RLIMIT_MEMLOCK), {@code -EMFILE}…
     */
    int io_uring_setup(int entries, long params);

    /**
     * Submits, and waits for completions, io_uring_enter(2).
     *
     * <p>Waits for {@code minComplete} completions if the flags have {@code
     * IORING_ENTER_GETEVENTS}, and for room in the queue if they have {@code IORING_ENTER_SQ_WAIT}.
     *
     * @param toSubmit how many entries of the submission queue to take
     * @param arg 0, or the address of an io_uring_getevents_arg with {@code IORING_ENTER_EXT_ARG}
     * @param argSize the bytes at {@code arg}
     * @return how many were submitted, also when the wait ended otherwise; if none, {@code -ETIME}
     *     at the time-out, {@code -EINTR}, {@code -EBUSY} or {@code -EAGAIN} (completions are to be
     *     taken first), {@code -EBADR} (completions were dropped), {@code -EEXIST} (another thread
     *     than the single issuer), {@code -EBADFD} (the ring is not enabled yet), {@code
     *     -EOPNOTSUPP} (no ring)…
     */
    int io_uring_enter(int fd, int toSubmit, int minComplete, int flags, long arg, long argSize);

    /**
     * Submits and never waits for completions: io_uring_enter(2) with a {@code minComplete} of 0, a
     * nanosecond or two cheaper. With {@code IORING_ENTER_GETEVENTS} it runs the work that is due.
     *
     * <p>The JVM reaches no safepoint during the call, and the kernel tries each operation within
     * it before it goes on without the caller. So it is for operations that are over at once or are
     * put off (sockets, pipes, timers, polls, messages), not for files, and not for sockets that
     * linger at their close: those are submitted by {@link #io_uring_enter}.
     *
     * @param flags without {@code IORING_ENTER_SQ_WAIT}, which waits
     * @return as {@link #io_uring_enter}; {@code -EINVAL} for {@code IORING_ENTER_SQ_WAIT}
     */
    int io_uring_submit(int fd, int toSubmit, int flags);

    /**
     * Registers something with the ring or asks it something, io_uring_register(2).
     *
     * @param fd the ring, or -1 for the few opcodes that need none
     * @param opcode an {@code IORING_REGISTER_} or {@code IORING_UNREGISTER_} constant
     * @param arg the address of what the opcode works on, or 0
     * @param count how many there are, or what the opcode makes of it
     * @return 0 or what the opcode returns, or {@code -EINVAL} (also an opcode that this kernel
     *     does not have), {@code -EBUSY} (registered already), {@code -ENXIO} (nothing is
     *     registered), {@code -EFAULT}, {@code -ENOMEM}, {@code -EOPNOTSUPP} (no ring)…
     */
    int io_uring_register(int fd, int opcode, long arg, int count);
}
