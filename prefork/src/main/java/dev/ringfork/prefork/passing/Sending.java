// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.passing;

import dev.ringfork.bindings.Errno;

/**
 * How an attempt to send descriptors ended. Whatever it is, the sender's own copies are still the
 * sender's.
 */
public enum Sending {
    /** The message is on its way, and holds copies of its own. */
    SENT,

    /**
     * The queue is full (EAGAIN, ENOBUFS, ENOMEM), or the window is: nothing was sent. Wait until
     * the socket is writable, or an acknowledgement has come, and try again.
     */
    FULL,

    /**
     * The user has more descriptors in flight than RLIMIT_NOFILE (ETOOMANYREFS): nothing was sent.
     * Becoming writable says nothing about it; it passes when receivers read what they were sent.
     */
    TOO_MANY_IN_FLIGHT,

    /** Nobody reads any more (EPIPE, ECONNRESET, ECONNREFUSED, ENOTCONN): nothing was sent. */
    PEER_GONE;

    /**
     * What a result of sendmsg(2) means.
     *
     * @throws dev.ringfork.bindings.SyscallException if it is none of the above
     */
    static Sending of(long result, int fd) {
        if (result >= 0) {
            return SENT;
        }
        int errno = (int) -result;
        if (errno == Errno.EAGAIN || errno == Errno.ENOBUFS || errno == Errno.ENOMEM) {
            return FULL;
        }
        if (errno == Errno.ETOOMANYREFS) {
            return TOO_MANY_IN_FLIGHT;
        }
        if (gone(errno)) {
            return PEER_GONE;
        }
        Errno.check("sendmsg", result, "descriptor " + fd);
        throw new AssertionError(result);
    }

    private static boolean gone(int errno) {
        return errno == Errno.EPIPE
                || errno == Errno.ECONNRESET
                || errno == Errno.ECONNREFUSED
                || errno == Errno.ENOTCONN;
    }
}
