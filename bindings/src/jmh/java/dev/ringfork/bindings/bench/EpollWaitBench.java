// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings.bench;

import static dev.ringfork.bindings.abi.EpollConstants.EPOLLIN;
import static dev.ringfork.bindings.abi.EpollConstants.EPOLL_CLOEXEC;
import static dev.ringfork.bindings.abi.EpollConstants.EPOLL_CTL_ADD;

import dev.ringfork.bindings.Epoll;
import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.abi.Fcntl;
import dev.ringfork.bindings.abi.Layouts;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/** What is ready, by epoll. Linux. */
public class EpollWaitBench extends SyscallBench {
    private static final Epoll EPOLL = SYSCALLS.epoll();
    private static final int EVENT_BYTES = Layouts.current().size("epoll_event");

    /** How many of the registered descriptors are ready: all of them, in each call. */
    @Param({"0", "1", "64", "1024"})
    public int ready;

    private int epfd;
    private long events;

    /** Registers counters that are above zero, which is ready until they are read. */
    @Setup
    public void open() {
        epfd = keep("epoll_create1", EPOLL.epoll_create1(EPOLL_CLOEXEC));
        MemorySegment room = memory((long) EVENT_BYTES * (ready + 1));
        events = room.address();
        room.set(ValueLayout.JAVA_INT, 0, EPOLLIN);
        for (int i = 0; i < ready; i++) {
            int counter = keep("eventfd", DESCRIPTORS.eventfd(1, Fcntl.O_CLOEXEC));
            Errno.check("epoll_ctl", EPOLL.epoll_ctl(epfd, EPOLL_CTL_ADD, counter, events), null);
        }
    }

    /** epoll_wait(2), without waiting. */
    @Benchmark
    public void now() {
        all(EPOLL.epoll_wait(epfd, events, ready + 1, 0), ready);
    }
}
