// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings;

/**
 * Signals as bytes or records in a pipe, by libringfork's handlers: no Java code runs in a signal
 * handler.
 *
 * <p>The functions have the names of {@code ringfork.h}, which is their manual. Each returns its
 * result or {@code -errno} and neither throws nor allocates; without libringfork {@code -ENOSYS}.
 * Safe for use by many threads; calls that concern one signal are to follow one another.
 *
 * <p>A record has {@link #RECORD_BYTES} and is read from the pipe with read(2), several at a time
 * and always whole ones.
 */
public interface Signals {

    /** The size of a record, {@code struct rf_siginfo}. */
    int RECORD_BYTES = 24;

    /** Where a record has the signal's number, an int. */
    int RECORD_SIGNO = 0;

    /** Where a record has {@code si_code}, an int. */
    int RECORD_CODE = 4;

    /** Where a record has the descriptor that is ready, an int; -1 if the signal names none. */
    int RECORD_FD = 8;

    /** Where a record has the events of that descriptor, an int of poll(2)'s bits. */
    int RECORD_BAND = 12;

    /** Where a record has the sender's {@code si_value}, a long. */
    int RECORD_VALUE = 16;

    /**
     * Has each delivery of a signal written to a pipe as one record.
     *
     * @param fd the writing end of a non-blocking pipe; it stays the caller's, who keeps it open
     *     for as long as a handler may run
     * @return 0, or {@code -EBUSY} if somebody else handles the signal, {@code -EINVAL} (a signal
     *     that is kept by the C library, no such pipe), {@code -EBADF}
     */
    int rf_siginfo_watch(int signo, int fd);

    /**
     * How often the signal found its pipe full since the last call of this. Not zero once the pipe
     * was read empty: something was missed.
     */
    int rf_siginfo_crowded(int signo);

    /**
     * Has each delivery of a signal written to a pipe as one byte, the signal's number. Takes the
     * signal from whoever handled it, the virtual machine included; watching a watched one moves it
     * to the new pipe.
     *
     * @param fd the writing end of a pipe or of a stream socket, non-blocking; it stays the
     *     caller's, who keeps it open for as long as a handler may run
     * @return 0, or {@code -EINVAL} (a signal that cannot be watched, a descriptor that blocks),
     *     {@code -EBADF}
     */
    int rf_signal_watch(int signo, int fd);

    /**
     * Gives a signal its default effect and so ends its watch, {@code SIG_DFL} of signal(7). A
     * handler of the virtual machine does not come back.
     */
    int rf_signal_default(int signo);

    /** Has a signal discarded and so ends its watch, {@code SIG_IGN} of signal(7). */
    int rf_signal_ignore(int signo);
}
