// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings.calls;

import dev.ringfork.bindings.Epoll;

/** epoll: Linux only, absent elsewhere. */
final class EpollCalls implements Epoll {

    static final EpollCalls INSTANCE = new EpollCalls();

    // Both work on the kernel's memory under locks that nobody holds while waiting.
    private static final Call EPOLL_CREATE1 = Prototype.critical("epoll_create1").link();
    private static final Call EPOLL_CTL = Prototype.critical("epoll_ctl").link();

    // 64-bit Arm has no epoll_wait: with no signal mask epoll_pwait is the same call, and libc's
    // epoll_wait does not look at the two further arguments. Without a time-out it cannot wait.
    private static final Call EPOLL_WAIT =
            Prototype.plain("epoll_pwait").symbol("epoll_wait").link();
    private static final Call EPOLL_POLL =
            Prototype.critical("epoll_pwait").symbol("epoll_wait").link();

    private EpollCalls() {}

    @Override
    public int epoll_create1(int flags) {
        return (int) EPOLL_CREATE1.call(flags);
    }

    @Override
    public int epoll_ctl(int epfd, int op, int fd, long event) {
        return (int) EPOLL_CTL.call(epfd, op, fd, event);
    }

    @Override
    public int epoll_wait(int epfd, long events, int count, int timeoutMs) {
        // Two calls and not a choice between two: only a constant handle is folded.
        if (timeoutMs == 0) {
            return (int) EPOLL_POLL.call(epfd, events, count, 0);
        }
        return (int) EPOLL_WAIT.call(epfd, events, count, timeoutMs);
    }
}
