// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.demux;

import static dev.ringfork.bindings.abi.EpollConstants.EPOLLERR;
import static dev.ringfork.bindings.abi.EpollConstants.EPOLLHUP;
import static dev.ringfork.bindings.abi.EpollConstants.EPOLLIN;
import static dev.ringfork.bindings.abi.EpollConstants.EPOLLOUT;
import static dev.ringfork.bindings.abi.EpollConstants.EPOLLRDHUP;

/** {@link Interest} in the words of epoll(7), which io_uring(7) polls with too. */
public final class EpollEvents {
    private EpollEvents() {}

    /** What to ask for, given {@link Interest#READ} and {@link Interest#WRITE} bits. */
    public static int asked(int interest) {
        int events = 0;
        if ((interest & Interest.READ) != 0) {
            // RDHUP only together with IN: on a paused reader it would be reported for ever.
            events |= EPOLLIN | EPOLLRDHUP;
        }
        if ((interest & Interest.WRITE) != 0) {
            events |= EPOLLOUT;
        }
        return events;
    }

    /** The {@link Interest} bits of what was reported. */
    public static int ready(int events) {
        if (events == EPOLLIN) {
            return Interest.READ;
        }
        int ready = 0;
        if ((events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0) {
            ready |= Interest.READ;
        }
        if ((events & (EPOLLOUT | EPOLLHUP | EPOLLERR)) != 0) {
            ready |= Interest.WRITE;
        }
        if ((events & (EPOLLRDHUP | EPOLLHUP)) != 0) {
            ready |= Interest.READ_CLOSED;
        }
        if ((events & EPOLLHUP) != 0) {
            ready |= Interest.HANGUP;
        }
        return (events & EPOLLERR) != 0 ? ready | Interest.ERROR : ready;
    }
}
