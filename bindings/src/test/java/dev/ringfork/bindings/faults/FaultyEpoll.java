// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings.faults;

import dev.ringfork.bindings.Epoll;

/** epoll, which fails at times. */
final class FaultyEpoll implements Epoll {

    private final Epoll real;
    private final FaultPlan plan;

    FaultyEpoll(Epoll real, FaultPlan plan) {
        this.real = real;
        this.plan = plan;
    }

    @Override
    public int epoll_create1(int flags) {
        int fault = plan.fault("epoll_create1");
        return fault < 0 ? fault : real.epoll_create1(flags);
    }

    @Override
    public int epoll_ctl(int epfd, int op, int fd, long event) {
        int fault = plan.fault("epoll_ctl");
        return fault < 0 ? fault : real.epoll_ctl(epfd, op, fd, event);
    }

    @Override
    public int epoll_wait(int epfd, long events, int count, int timeoutMs) {
        int fault = plan.fault("epoll_wait");
        return fault < 0 ? fault : real.epoll_wait(epfd, events, count, timeoutMs);
    }
}
