// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.listeners;

import static dev.ringfork.bindings.abi.SocketConstants.SO_ATTACH_FILTER;
import static dev.ringfork.bindings.abi.SocketConstants.SO_DETACH_FILTER;

import dev.ringfork.bindings.Sockets;

/**
 * Has a listener of TCP take no client that has not begun to connect, and all that have.
 *
 * <p>Closing a listener resets whoever is in its queue, and between the last look into the queue
 * and the close somebody may come. So newcomers are kept away first, by a filter that drops the
 * first packet of a handshake and no other: their system sends it again after a second, and finds
 * nobody, or the next server. Connections that were accepted keep the filter and never notice.
 */
final class Withdrawal {
    /** The byte of a TCP header that has the flags, RFC 9293, section 3.1. */
    private static final int FLAGS = 13;

    private static final int SYN = 0x02;

    private static final int DROP = 0;

    /** So many bytes of a packet are kept: all. */
    private static final int KEEP = -1;

    private Withdrawal() {}

    /**
     * Begins it. It is the socket that has the filter, also for other processes and when this one
     * has ended, until {@link #end}.
     *
     * @return 0, or {@code -errno} where the kernel has no such filters
     */
    static int begin(Sockets sockets, int listener) {
        return new FilterProgram()
                .then(FilterProgram.LOAD_BYTE, FLAGS)
                .answerIf(FilterProgram.JUMP_IF_SET, SYN, DROP)
                .then(FilterProgram.RETURN, KEEP)
                .attach(sockets, listener, SO_ATTACH_FILTER);
    }

    /**
     * Lets clients in again.
     *
     * @return 0, or {@code -errno}: {@code -ENOENT} where none were kept away
     */
    static int end(Sockets sockets, int listener) {
        return FilterProgram.detach(sockets, listener, SO_DETACH_FILTER);
    }
}
