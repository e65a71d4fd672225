// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.uring;

import static dev.ringfork.bindings.abi.IoUringConstants.IORING_ENTER_REGISTERED_RING;
import static dev.ringfork.bindings.abi.IoUringConstants.IORING_REGISTER_IOWQ_MAX_WORKERS;
import static dev.ringfork.bindings.abi.IoUringConstants.IORING_REGISTER_NAPI;
import static dev.ringfork.bindings.abi.IoUringConstants.IORING_REGISTER_RING_FDS;
import static dev.ringfork.bindings.abi.IoUringConstants.IORING_REGISTER_SEND_MSG_RING;
import static dev.ringfork.bindings.abi.IoUringConstants.IORING_UNREGISTER_NAPI;
import static dev.ringfork.bindings.abi.IoUringConstants.IORING_UNREGISTER_RING_FDS;
import static dev.ringfork.bindings.abi.IoUringOperations.IOSQE_CQE_SKIP_SUCCESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.abi.Layouts;
import dev.ringfork.reactor.uring.Features.Feature;
import dev.ringfork.reactor.uring.TrialRing.Completion;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.List;

/** What a ring itself can do: how it is entered, who works for it, messages to others. */
final class RingTrials {
    private static final Duration POLL_IDLE = Duration.ofMillis(10);
    private static final int BUSY_US = 50;

    /** Any result and user data, to see them come through. */
    private static final int MESSAGE = 1234;

    private static final long TOKEN = 0x1234_5678_9abc_def0L;

    private RingTrials() {}

    static List<Feature> all() {
        return List.of(
                new Feature("ring", "registered descriptor", RingTrials::registeredDescriptor),
                new Feature("ring", "SQPOLL", RingTrials::sqPoll),
                new Feature("ring", "IOWQ_MAX_WORKERS", RingTrials::workers),
                new Feature("ring", "CQE_SKIP_SUCCESS", RingTrials::skip),
                new Feature("ring", "MSG_RING", RingTrials::message),
                new Feature("ring", "REGISTER_SEND_MSG_RING", RingTrials::messageWithoutRing),
                new Feature("ring", "NAPI", RingTrials::napi));
    }

    private static String registeredDescriptor(TrialBench bench) {
        Ring ring = bench.ring().ring();
        MemorySegment update = bench.struct("io_uring_rsrc_update");
        update.set(JAVA_INT, 0, -1);
        update.set(JAVA_LONG, Layouts.current().offset("io_uring_rsrc_update", "data"), ring.fd());
        int registered = ring.register(IORING_REGISTER_RING_FDS, update.address(), 1);
        Errno.check("io_uring_register", registered, null);
        int place = update.get(JAVA_INT, 0);
        int entered =
                bench.syscalls().ioUring().io_uring_submit(place, 0, IORING_ENTER_REGISTERED_RING);
        ring.register(IORING_UNREGISTER_RING_FDS, update.address(), 1);
        Errno.check("io_uring_enter", entered, null);
        return "";
    }

    private static String sqPoll(TrialBench bench) {
        TrialRing ring = bench.ring(RingSettings.DEFAULT.withSqPoll(POLL_IDLE, -1));
        ring.next().prepNop();
        ring.done("nop");
        return "";
    }

    private static String workers(TrialBench bench) {
        // Two zeros change nothing: the call answers what there was.
        MemorySegment limits = bench.bytes(2L * Integer.BYTES);
        bench.ring().register("io_uring_register", IORING_REGISTER_IOWQ_MAX_WORKERS, limits, 2);
        return "%d for files and %d for the rest in a ring of ours"
                .formatted(limits.getAtIndex(JAVA_INT, 0), limits.getAtIndex(JAVA_INT, 1));
    }

    private static String skip(TrialBench bench) {
        TrialRing ring = bench.ring();
        ring.next().prepNop().flags(IOSQE_CQE_SKIP_SUCCESS).userData(1);
        ring.next().prepNop().userData(2);
        Completion first = ring.done("nop");
        TrialBench.expect(first.userData() == 2, "the completion was not left out");
        return "";
    }

    private static String message(TrialBench bench) {
        TrialRing from = bench.ring();
        TrialRing to = bench.ring();
        from.next().prepMsgRing(to.ring().fd(), MESSAGE, TOKEN, 0);
        from.done("msg_ring");
        return arrived(to);
    }

    private static String messageWithoutRing(TrialBench bench) {
        TrialRing to = bench.ring();
        MemorySegment entry = bench.struct("io_uring_sqe");
        new Sqe(entry).prepMsgRing(to.ring().fd(), MESSAGE, TOKEN, 0);
        int result =
                bench.syscalls()
                        .ioUring()
                        .io_uring_register(-1, IORING_REGISTER_SEND_MSG_RING, entry.address(), 1);
        Errno.check("io_uring_register", result, null);
        return arrived(to);
    }

    private static String arrived(TrialRing to) {
        Completion message = to.complete();
        TrialBench.expect(
                message.result() == MESSAGE && message.userData() == TOKEN,
                "the message came as " + message);
        return "";
    }

    private static String napi(TrialBench bench) {
        TrialRing ring = bench.ring();
        MemorySegment napi = bench.struct("io_uring_napi");
        int time = Layouts.current().offset("io_uring_napi", "busy_poll_to");
        napi.set(JAVA_INT, time, BUSY_US);
        ring.register("io_uring_register", IORING_REGISTER_NAPI, napi, 1);
        ring.register("io_uring_register", IORING_UNREGISTER_NAPI, napi, 1);
        return "";
    }
}
