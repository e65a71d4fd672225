// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.demux;

import static dev.ringfork.bindings.abi.EpollConstants.EPOLLET;
import static dev.ringfork.bindings.abi.EpollConstants.EPOLLEXCLUSIVE;
import static dev.ringfork.bindings.abi.EpollConstants.EPOLLIN;
import static dev.ringfork.bindings.abi.EpollConstants.EPOLLONESHOT;
import static dev.ringfork.bindings.abi.EpollConstants.EPOLLOUT;
import static dev.ringfork.bindings.abi.EpollConstants.EPOLLRDHUP;
import static dev.ringfork.bindings.abi.EpollConstants.EPOLL_CLOEXEC;
import static dev.ringfork.bindings.abi.EpollConstants.EPOLL_CTL_ADD;
import static dev.ringfork.bindings.abi.EpollConstants.EPOLL_CTL_DEL;
import static dev.ringfork.bindings.abi.EpollConstants.EPOLL_CTL_MOD;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import dev.ringfork.bindings.Descriptors;
import dev.ringfork.bindings.Epoll;
import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.Syscalls;
import dev.ringfork.bindings.abi.Layouts;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** epoll(7), with any trigger. */
public final class EpollDemultiplexer implements Demultiplexer {
    /** Events taken at one poll: enough to share the call, few enough to stay in the cache. */
    private static final int EVENTS_MAX = 512;

    // struct epoll_event { uint32_t events; epoll_data_t data; }, packed on x86-64 only.
    private static final long EVENT_BYTES = Layouts.current().size("epoll_event");
    private static final int DATA = Layouts.current().offset("epoll_event", "data");

    private final Epoll epoll;
    private final Descriptors descriptors;
    private final Trigger trigger;
    private final int epfd;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment events = arena.allocate(EVENTS_MAX * EVENT_BYTES, 8);
    // Its own memory: the events of the last poll are still being read while registrations change.
    private final MemorySegment change = arena.allocate(EVENT_BYTES, 8);

    private EpollDemultiplexer(Syscalls syscalls, Trigger trigger, int epfd) {
        this.epoll = syscalls.epoll();
        this.descriptors = syscalls.descriptors();
        this.trigger = trigger;
        this.epfd = epfd;
    }

    /**
     * Why there is no epoll here, found by trying: a kernel may be built without it, and a seccomp
     * filter may forbid it.
     *
     * @return the reason, or null if there is one, or if the attempt failed for want of something
     *     else, as descriptors: then {@link #open} will tell
     */
    public static @Nullable String absence(Syscalls syscalls) {
        String unknown = syscalls.absence("epoll_create1");
        if (unknown != null) {
            return unknown;
        }
        int epfd = syscalls.epoll().epoll_create1(EPOLL_CLOEXEC);
        if (epfd >= 0) {
            syscalls.descriptors().close(epfd);
            return null;
        }
        boolean refused = epfd == -Errno.ENOSYS || epfd == -Errno.EPERM || epfd == -Errno.EACCES;
        return refused ? "epoll_create1(2) gives " + Errno.name(-epfd) + "; seccomp?" : null;
    }

    /**
     * Opens an epoll descriptor.
     *
     * @throws dev.ringfork.bindings.SyscallException if the kernel refuses
     */
    public static EpollDemultiplexer open(Syscalls syscalls, Trigger trigger) {
        int epfd = syscalls.epoll().epoll_create1(EPOLL_CLOEXEC);
        return new EpollDemultiplexer(
                syscalls, trigger, Errno.check("epoll_create1", epfd, trigger));
    }

    @Override
    public String name() {
        return "epoll";
    }

    @Override
    public Trigger trigger() {
        return trigger;
    }

    @Override
    public int add(int fd, int interest, long token) {
        return control(EPOLL_CTL_ADD, fd, interest, token);
    }

    @Override
    public int modify(int fd, int interest, long token) {
        return control(EPOLL_CTL_MOD, fd, interest, token);
    }

    @Override
    public int remove(int fd) {
        return epoll.epoll_ctl(epfd, EPOLL_CTL_DEL, fd, change.address());
    }

    @Override
    public int forget(int fd) {
        return 0;
    }

    private int control(int op, int fd, int interest, long token) {
        change.set(JAVA_INT_UNALIGNED, 0, eventsOf(interest));
        change.set(JAVA_LONG_UNALIGNED, DATA, token);
        return epoll.epoll_ctl(epfd, op, fd, change.address());
    }

    private int eventsOf(int interest) {
        if ((interest & Interest.EXCLUSIVE) != 0) {
            // The kernel refuses it together with ONESHOT and with RDHUP, epoll_ctl(2). One before
            // Linux 4.5 does not know the bit and passes over it.
            return EPOLLIN | EPOLLEXCLUSIVE | (trigger == Trigger.EDGE ? EPOLLET : 0);
        }
        return switch (trigger) {
            case LEVEL -> EpollEvents.asked(interest);
            case ONESHOT -> EpollEvents.asked(interest) | EPOLLONESHOT;
            // All edges are reported from the start, so a change of interest needs no call: what
            // was ready is remembered by the loop.
            case EDGE -> EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
        };
    }

    @Override
    public int poll(long timeoutNs) {
        return epoll.epoll_wait(
                epfd, events.address(), EVENTS_MAX, Timeouts.milliseconds(timeoutNs));
    }

    /** The kernel locks, and changes have a memory of their own. */
    @Override
    public boolean concurrent() {
        return true;
    }

    @Override
    public long token(int index) {
        return events.get(JAVA_LONG_UNALIGNED, index * EVENT_BYTES + DATA);
    }

    @Override
    public int ready(int index) {
        return EpollEvents.ready(events.get(JAVA_INT_UNALIGNED, index * EVENT_BYTES));
    }

    @Override
    public void close() {
        if (arena.scope().isAlive()) {
            descriptors.close(epfd);
            arena.close();
        }
    }
}
