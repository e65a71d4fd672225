// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.uring;

import static dev.ringfork.bindings.abi.IoUringConstants.IORING_ENTER_EXT_ARG;
import static dev.ringfork.bindings.abi.IoUringConstants.IORING_ENTER_GETEVENTS;
import static dev.ringfork.bindings.abi.IoUringConstants.IORING_ENTER_NO_IOWAIT;
import static dev.ringfork.bindings.abi.IoUringConstants.IORING_REGISTER_CLOCK;
import static dev.ringfork.bindings.abi.IoUringOperations.FUTEX2_PRIVATE;
import static dev.ringfork.bindings.abi.IoUringOperations.FUTEX2_SIZE_U32;
import static dev.ringfork.bindings.abi.IoUringOperations.FUTEX_BITSET_MATCH_ANY;
import static dev.ringfork.bindings.abi.IoUringOperations.IORING_POLL_ADD_MULTI;
import static dev.ringfork.bindings.abi.IoUringOperations.IORING_TIMEOUT_MULTISHOT;
import static dev.ringfork.bindings.abi.IoUringOperations.IOSQE_IO_LINK;
import static dev.ringfork.bindings.abi.PollConstants.POLLIN;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.SyscallException;
import dev.ringfork.bindings.abi.Layouts;
import dev.ringfork.reactor.uring.Features.Feature;
import dev.ringfork.reactor.uring.TrialBench.Ends;
import dev.ringfork.reactor.uring.TrialRing.Completion;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** Waiting, and its end: time-outs, polls, futexes, cancellation. */
final class WaitTrials {
    private static final long SHORT_NS = 1_000_000;
    private static final int SHORTER_US = 100;
    private static final int TICKS = 3;
    private static final int CLOCK_BOOTTIME = 7;
    private static final long WAITING = 1;
    private static final long OTHER = 2;

    private WaitTrials() {}

    static List<Feature> all() {
        return List.of(
                new Feature("waiting", "LINK_TIMEOUT", WaitTrials::linkTimeout),
                new Feature("waiting", "multishot timeout", WaitTrials::timeoutMultishot),
                new Feature("waiting", "multishot poll", WaitTrials::pollMultishot),
                new Feature("waiting", "FUTEX_WAIT", WaitTrials::futex),
                new Feature("waiting", "FUTEX_WAITV", WaitTrials::futexes),
                new Feature("waiting", "cancel by descriptor", WaitTrials::cancelFd),
                new Feature("waiting", "NO_IOWAIT", WaitTrials::noIowait),
                new Feature("waiting", "min-wait", WaitTrials::minWait),
                new Feature("waiting", "REGISTER_CLOCK", WaitTrials::clock));
    }

    private static void receiveForEver(TrialBench bench, TrialRing ring, int flags) {
        Ends ends = bench.socketpair();
        MemorySegment room = bench.bytes(1);
        ring.next().prepRecv(ends.ours(), room.address(), 1, 0).flags(flags).userData(WAITING);
    }

    /** Takes two completions, of which one is of what waited. */
    private static int resultOfTheOther(TrialRing ring, String operation) {
        Completion first = ring.complete();
        Completion second = ring.complete();
        Completion waiting = first.userData() == WAITING ? first : second;
        Completion other = first.userData() == WAITING ? second : first;
        if (other.result() == -Errno.EINVAL) {
            throw new SyscallException(operation, Errno.EINVAL, null);
        }
        TrialBench.expect(
                waiting.result() == -Errno.ECANCELED,
                "what waited ended with %d, not with ECANCELED".formatted(waiting.result()));
        return other.result();
    }

    private static String linkTimeout(TrialBench bench) {
        TrialRing ring = bench.ring();
        receiveForEver(bench, ring, IOSQE_IO_LINK);
        ring.next().prepLinkTimeout(bench.timespec(SHORT_NS).address(), 0).userData(OTHER);
        int result = resultOfTheOther(ring, "link_timeout");
        TrialBench.expect(result == -Errno.ETIME, "it ended with " + result);
        return "";
    }

    private static String cancelFd(TrialBench bench) {
        TrialRing ring = bench.ring();
        Ends ends = bench.socketpair();
        MemorySegment room = bench.bytes(1);
        ring.next().prepRecv(ends.ours(), room.address(), 1, 0).userData(WAITING);
        ring.submit();
        ring.next().prepCancelFd(ends.ours()).userData(OTHER);
        int result = resultOfTheOther(ring, "async_cancel");
        TrialBench.expect(result == 1, "%d were cancelled, not 1".formatted(result));
        return "";
    }

    private static String timeoutMultishot(TrialBench bench) {
        TrialRing ring = bench.ring();
        MemorySegment time = bench.timespec(SHORT_NS);
        ring.next().prepTimeout(time.address(), TICKS, IORING_TIMEOUT_MULTISHOT);
        for (int i = 1; i <= TICKS; i++) {
            Completion tick = ring.complete();
            if (tick.result() != -Errno.ETIME) {
                throw new SyscallException("timeout", -tick.result(), null);
            }
            TrialBench.expect(tick.more() == i < TICKS, "%d ticks, not %d".formatted(i, TICKS));
        }
        return "";
    }

    private static String pollMultishot(TrialBench bench) {
        TrialRing ring = bench.ring();
        Ends ends = bench.socketpair();
        ring.next().prepPollAdd(ends.ours(), POLLIN, IORING_POLL_ADD_MULTI);
        for (int i = 0; i < 2; i++) {
            bench.write(ends.peer(), 1);
            TrialBench.expect(ring.done("poll_add").more(), "it ends after an event");
        }
        return "";
    }

    private static String futex(TrialBench bench) {
        TrialRing ring = bench.ring();
        MemorySegment word = bench.bytes(Integer.BYTES);
        int kind = FUTEX2_SIZE_U32 | FUTEX2_PRIVATE;
        long any = Integer.toUnsignedLong(FUTEX_BITSET_MATCH_ANY);
        ring.next().prepFutexWait(word.address(), 0, any, kind).userData(WAITING);
        ring.submit();
        ring.next().prepFutexWake(word.address(), 1, any, kind).userData(OTHER);
        ring.done("futex_wait");
        ring.done("futex_wake");
        return "";
    }

    private static String futexes(TrialBench bench) {
        TrialRing ring = bench.ring();
        Layouts layouts = Layouts.current();
        MemorySegment word = bench.bytes(Integer.BYTES);
        MemorySegment waiter = bench.struct("futex_waitv");
        int kind = FUTEX2_SIZE_U32 | FUTEX2_PRIVATE;
        waiter.set(JAVA_LONG, layouts.offset("futex_waitv", "uaddr"), word.address());
        waiter.set(JAVA_INT, layouts.offset("futex_waitv", "flags"), kind);
        long any = Integer.toUnsignedLong(FUTEX_BITSET_MATCH_ANY);
        ring.next().prepFutexWaitv(waiter.address(), 1).userData(WAITING);
        ring.submit();
        ring.next().prepFutexWake(word.address(), 1, any, kind).userData(OTHER);
        ring.done("futex_waitv");
        ring.done("futex_wake");
        return "";
    }

    private static String noIowait(TrialBench bench) {
        Ring ring = bench.ring().ring();
        int flags = IORING_ENTER_GETEVENTS | IORING_ENTER_NO_IOWAIT;
        int result = bench.syscalls().ioUring().io_uring_submit(ring.fd(), 0, flags);
        Errno.check("io_uring_enter", result, null);
        return "";
    }

    private static String minWait(TrialBench bench) {
        Layouts layouts = Layouts.current();
        String type = "io_uring_getevents_arg";
        MemorySegment arg = bench.struct(type);
        long time = bench.timespec(SHORT_NS).address();
        arg.set(JAVA_LONG, layouts.offset(type, "ts"), time);
        arg.set(JAVA_INT, layouts.offset(type, "min_wait_usec"), SHORTER_US);
        int flags = IORING_ENTER_GETEVENTS | IORING_ENTER_EXT_ARG;
        int fd = bench.ring().ring().fd();
        int result =
                bench.syscalls()
                        .ioUring()
                        .io_uring_enter(fd, 0, 1, flags, arg.address(), arg.byteSize());
        if (result != -Errno.ETIME) {
            Errno.check("io_uring_enter", result, null);
        }
        return "";
    }

    private static String clock(TrialBench bench) {
        MemorySegment clock = bench.struct("io_uring_clock_register");
        clock.set(JAVA_INT, 0, CLOCK_BOOTTIME);
        bench.ring().register("io_uring_register", IORING_REGISTER_CLOCK, clock, 0);
        return "";
    }
}
