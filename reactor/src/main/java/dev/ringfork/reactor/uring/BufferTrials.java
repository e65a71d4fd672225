// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.uring;

import static dev.ringfork.bindings.abi.IoUringConstants.IORING_CQE_F_BUFFER;
import static dev.ringfork.bindings.abi.IoUringConstants.IORING_CQE_F_BUF_MORE;
import static dev.ringfork.bindings.abi.IoUringConstants.IORING_CQE_F_NOTIF;
import static dev.ringfork.bindings.abi.IoUringConstants.IOU_PBUF_RING_INC;
import static dev.ringfork.bindings.abi.IoUringOperations.IORING_OP_READ_MULTISHOT;
import static dev.ringfork.bindings.abi.IoUringOperations.IORING_RECVSEND_BUNDLE;
import static dev.ringfork.bindings.abi.IoUringOperations.IORING_RECVSEND_FIXED_BUF;
import static dev.ringfork.bindings.abi.IoUringOperations.IORING_RECV_MULTISHOT;
import static dev.ringfork.bindings.abi.SocketConstants.MSG_NOSIGNAL;
import static dev.ringfork.bindings.abi.SocketConstants.MSG_WAITALL;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.ringfork.bindings.Errno;
import dev.ringfork.reactor.uring.Features.Feature;
import dev.ringfork.reactor.uring.TrialBench.Ends;
import dev.ringfork.reactor.uring.TrialRing.Completion;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** Memory that the kernel picks from, or knows beforehand. */
final class BufferTrials {
    private static final int BUFFERS = 4;
    private static final int BUFFER_BYTES = 64;

    /** More than one buffer holds, less than all of them. */
    private static final int BUNDLE = 150;

    /** Two buffers are more than a socket of this kind takes at once. */
    private static final int SENT_BYTES = 128 << 10;

    /** No divisor of a buffer's size. */
    private static final int PERIOD = 251;

    private static final long SEND = 1;
    private static final long RECV = 2;

    private BufferTrials() {}

    static List<Feature> all() {
        return List.of(
                new Feature("buffers", "buffer ring", BufferTrials::group),
                new Feature("buffers", "multishot recv", BufferTrials::recvMultishot),
                new Feature("buffers", "multishot recvmsg", BufferTrials::recvmsgMultishot),
                new Feature("buffers", "READ_MULTISHOT", BufferTrials::readMultishot),
                new Feature("buffers", "incremental buffer ring", BufferTrials::incremental),
                new Feature("buffers", "recv bundle", BufferTrials::recvBundle),
                new Feature("buffers", "send bundle", BufferTrials::sendBundle),
                new Feature("buffers", "registered buffers", BufferTrials::registered),
                new Feature("buffers", "registered SEND_ZC", BufferTrials::sendRegistered));
    }

    private static MemorySegment memory(TrialBench bench) {
        return bench.bytes((long) BUFFERS * BUFFER_BYTES);
    }

    private static String group(TrialBench bench) {
        bench.ring().group(memory(bench), BUFFERS, 0);
        return "";
    }

    /** Two arrivals by one operation, each in a buffer of its own. */
    private static String arrivals(TrialBench bench, TrialRing ring, int peer, String operation) {
        int last = -1;
        for (int i = 0; i < 2; i++) {
            bench.write(peer, 1);
            Completion arrived = ring.done(operation);
            TrialBench.expect(arrived.has(IORING_CQE_F_BUFFER), "no buffer was picked");
            TrialBench.expect(arrived.more(), "it ends after an arrival");
            int id = BufferRing.id(arrived.flags());
            TrialBench.expect(id != last, "the same buffer twice");
            last = id;
        }
        return "";
    }

    private static String recvMultishot(TrialBench bench) {
        TrialRing ring = bench.ring();
        ring.group(memory(bench), BUFFERS, 0);
        Ends ends = bench.socketpair();
        ring.next().prepRecvMultishot(ends.ours(), 0, 0);
        return arrivals(bench, ring, ends.peer(), "recv");
    }

    private static String recvmsgMultishot(TrialBench bench) {
        TrialRing ring = bench.ring();
        ring.group(memory(bench), BUFFERS, 0);
        Ends ends = bench.socketpair();
        MemorySegment message = bench.message(MemorySegment.NULL);
        ring.next()
                .prepRecvmsg(ends.ours(), message.address(), 0)
                .ioprio(IORING_RECV_MULTISHOT)
                .bufferGroup(0);
        return arrivals(bench, ring, ends.peer(), "recvmsg");
    }

    private static String readMultishot(TrialBench bench) {
        TrialRing ring = bench.ring();
        ring.group(memory(bench), BUFFERS, 0);
        Ends ends = bench.pipe();
        ring.next().prep(IORING_OP_READ_MULTISHOT, ends.ours(), 0, 0, 0).bufferGroup(0);
        return arrivals(bench, ring, ends.peer(), "read");
    }

    private static String incremental(TrialBench bench) {
        TrialRing ring = bench.ring();
        MemorySegment memory = bench.bytes(BUFFER_BYTES);
        ring.group(memory, 1, IOU_PBUF_RING_INC);
        Ends ends = bench.socketpair();
        ring.next().prepRecvMultishot(ends.ours(), 0, 0);
        for (int i = 0; i < 2; i++) {
            bench.write(ends.peer(), 1);
            boolean goesOn = ring.done("recv").has(IORING_CQE_F_BUF_MORE);
            TrialBench.expect(goesOn, "the buffer is used up by one arrival");
        }
        boolean behind = TrialBench.count(memory.asSlice(0, 2), 'x') == 2;
        TrialBench.expect(behind, "arrivals do not lie behind each other");
        return "";
    }

    private static String recvBundle(TrialBench bench) {
        TrialRing ring = bench.ring();
        MemorySegment memory = memory(bench);
        ring.group(memory, BUFFERS, 0);
        Ends ends = bench.socketpair();
        MemorySegment data = counted(bench.bytes(BUNDLE));
        bench.write(ends.peer(), data);
        ring.next()
                .prepRecvMultishot(ends.ours(), 0, 0)
                .ioprio(IORING_RECV_MULTISHOT | IORING_RECVSEND_BUNDLE);
        int got = ring.done("recv").result();
        TrialBench.expect(got > BUFFER_BYTES, "one buffer a completion, as without");
        TrialBench.expect(got <= BUNDLE, "more than there was");
        boolean ordered = memory.asSlice(0, got).mismatch(data.asSlice(0, got)) < 0;
        TrialBench.expect(ordered, "it is not in the buffers in their order");
        return "%d bytes in buffers of %d, of the %d that were there"
                .formatted(got, BUFFER_BYTES, BUNDLE);
    }

    /**
     * More than a socket takes at once: kernels have sent buffers twice, or left out what a short
     * send had left.
     */
    private static String sendBundle(TrialBench bench) {
        TrialRing ring = bench.ring();
        MemorySegment memory = counted(bench.bytes((long) BUFFERS * SENT_BYTES));
        int all = (int) memory.byteSize();
        ring.group(memory, BUFFERS, 0);
        Ends ends = bench.socketpair();
        MemorySegment in = bench.bytes(all);
        ring.next().prepSendBundle(ends.ours(), 0, MSG_NOSIGNAL).userData(SEND);
        ring.submit();
        ring.next().prepRecv(ends.peer(), in.address(), all, MSG_WAITALL).userData(RECV);
        int sent = 0;
        int got = 0;
        for (int i = 0; i <= 2 * BUFFERS && (got == 0 || sent < all); i++) {
            Completion completion = ring.complete();
            if (completion.userData() == RECV) {
                got = completion.result();
            } else if (completion.result() != -Errno.ENOBUFS) {
                sent += Errno.check("send", completion.result(), null);
                TrialBench.expect(completion.result() > SENT_BYTES, "one buffer a completion");
            }
        }
        TrialBench.expect(
                sent == all && got == all,
                "of %d bytes %d were sent, %d have come".formatted(all, sent, got));
        TrialBench.expect(in.mismatch(memory) < 0, "they did not come in the buffers' order");
        return "%d bytes at once".formatted(all);
    }

    /** Fills memory so that a piece that is missing, or is there twice, shows. */
    private static MemorySegment counted(MemorySegment memory) {
        for (long i = 0; i < memory.byteSize(); i++) {
            memory.set(JAVA_BYTE, i, (byte) (i % PERIOD));
        }
        return memory;
    }

    private static String registered(TrialBench bench) {
        TrialRing ring = bench.ring();
        MemorySegment memory = put(bench, ring);
        Ends ends = bench.pipe();
        ring.next().prepWriteFixed(ends.peer(), memory.address(), BUFFER_BYTES, -1, 0);
        TrialBench.expect(ring.done("write").result() == BUFFER_BYTES, "a short write");
        ring.next().prepReadFixed(ends.ours(), memory.address(), BUFFER_BYTES, -1, 0);
        TrialBench.expect(ring.done("read").result() == BUFFER_BYTES, "a short read");
        return "";
    }

    private static MemorySegment put(TrialBench bench, TrialRing ring) {
        MemorySegment memory = memory(bench);
        RegisteredBuffers.register(ring.ring(), 1).put(0, memory.address(), memory.byteSize());
        return memory;
    }

    private static String sendRegistered(TrialBench bench) {
        TrialRing ring = bench.ring();
        MemorySegment memory = put(bench, ring);
        Ends ends = bench.connection(ring);
        ring.next()
                .prepSendZc(ends.ours(), memory.address(), BUFFER_BYTES, MSG_NOSIGNAL)
                .ioprio(IORING_RECVSEND_FIXED_BUF)
                .bufferIndex(0);
        Completion sent = ring.done("send");
        TrialBench.expect(sent.result() == BUFFER_BYTES, "a short send");
        bench.drain(ends.peer());
        TrialBench.expect(!sent.more() || ring.complete().has(IORING_CQE_F_NOTIF), "no notice");
        return "";
    }
}
