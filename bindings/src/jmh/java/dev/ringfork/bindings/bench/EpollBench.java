// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings.bench;

import static dev.ringfork.bindings.abi.EpollConstants.EPOLLIN;
import static dev.ringfork.bindings.abi.EpollConstants.EPOLL_CLOEXEC;
import static dev.ringfork.bindings.abi.EpollConstants.EPOLL_CTL_ADD;
import static dev.ringfork.bindings.abi.EpollConstants.EPOLL_CTL_DEL;
import static dev.ringfork.bindings.abi.EpollConstants.EPOLL_CTL_MOD;

import dev.ringfork.bindings.Epoll;
import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.abi.Fcntl;
import dev.ringfork.bindings.abi.Layouts;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Setup;

/** Registrations with epoll. Linux. */
public class EpollBench extends SyscallBench {
    private static final Epoll EPOLL = SYSCALLS.epoll();

    private int epfd;
    private int added;
    private int spare;
    private long event;

    /** Makes an epoll descriptor, and two counters to register. */
    @Setup
    public void open() {
        epfd = keep("epoll_create1", EPOLL.epoll_create1(EPOLL_CLOEXEC));
        added = keep("eventfd", DESCRIPTORS.eventfd(0, Fcntl.O_CLOEXEC));
        spare = keep("eventfd", DESCRIPTORS.eventfd(0, Fcntl.O_CLOEXEC));
        MemorySegment interest = memory(Layouts.current().size("epoll_event"));
        interest.set(ValueLayout.JAVA_INT, 0, EPOLLIN);
        event = interest.address();
        Errno.check("epoll_ctl", EPOLL.epoll_ctl(epfd, EPOLL_CTL_ADD, added, event), null);
    }

    /** Registers a descriptor, and removes it. */
    @Benchmark
    public void addDel() {
        ok(EPOLL.epoll_ctl(epfd, EPOLL_CTL_ADD, spare, event));
        ok(EPOLL.epoll_ctl(epfd, EPOLL_CTL_DEL, spare, 0));
    }

    /** Asks for the same again. */
    @Benchmark
    public void modify() {
        ok(EPOLL.epoll_ctl(epfd, EPOLL_CTL_MOD, added, event));
    }
}
