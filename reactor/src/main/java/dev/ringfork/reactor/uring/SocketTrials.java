// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.uring;

import static dev.ringfork.bindings.abi.IoUringConstants.IORING_CQE_F_NOTIF;
import static dev.ringfork.bindings.abi.IoUringOperations.IORING_NOTIF_USAGE_ZC_COPIED;
import static dev.ringfork.bindings.abi.IoUringOperations.IORING_OP_BIND;
import static dev.ringfork.bindings.abi.IoUringOperations.IORING_OP_LISTEN;
import static dev.ringfork.bindings.abi.IoUringOperations.IORING_SEND_ZC_REPORT_USAGE;
import static dev.ringfork.bindings.abi.SocketConstants.AF_INET;
import static dev.ringfork.bindings.abi.SocketConstants.MSG_NOSIGNAL;
import static dev.ringfork.bindings.abi.SocketConstants.SOCK_CLOEXEC;
import static dev.ringfork.bindings.abi.SocketConstants.SOCK_STREAM;
import static dev.ringfork.reactor.uring.RegisteredFiles.ANY;
import static dev.ringfork.reactor.uring.RegisteredFiles.slot;

import dev.ringfork.bindings.Address;
import dev.ringfork.reactor.uring.Features.Feature;
import dev.ringfork.reactor.uring.TrialBench.Ends;
import dev.ringfork.reactor.uring.TrialRing.Completion;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** What becomes of sockets: accepting, direct descriptors, sending without copying, splicing. */
final class SocketTrials {
    private static final int FILES = 4;

    /** Enough to be worth it: less than a page the kernel may copy in any case. */
    private static final int SENT = 16_384;

    private SocketTrials() {}

    static List<Feature> all() {
        return List.of(
                new Feature("sockets", "multishot accept", SocketTrials::multishotAccept),
                new Feature("sockets", "direct descriptors", SocketTrials::direct),
                new Feature("sockets", "FILE_ALLOC_RANGE", SocketTrials::range),
                new Feature("sockets", "FIXED_FD_INSTALL", SocketTrials::install),
                new Feature("sockets", "MSG_SEND_FD", SocketTrials::pass),
                new Feature("sockets", "SOCKET", SocketTrials::socket),
                new Feature("sockets", "BIND and LISTEN", SocketTrials::listen),
                new Feature("sockets", "SEND_ZC", SocketTrials::sendZc),
                new Feature("sockets", "SENDMSG_ZC", SocketTrials::sendmsgZc),
                new Feature("sockets", "splice", SocketTrials::splice));
    }

    private static String multishotAccept(TrialBench bench) {
        TrialRing ring = bench.ring();
        int listener = bench.listener();
        ring.next().prepMultishotAccept(listener, SOCK_CLOEXEC);
        for (int i = 0; i < 2; i++) {
            bench.connect(listener);
            Completion accepted = ring.done("accept");
            bench.opened("accept", accepted.result());
            TrialBench.expect(accepted.more(), "it ends after a connection");
        }
        return "";
    }

    /** Accepts a connection that has no descriptor but a place in a table of the ring's. */
    private static int acceptDirect(TrialBench bench, TrialRing ring) {
        RegisteredFiles.register(ring.ring(), FILES);
        int listener = bench.listener();
        ring.next().prepMultishotAccept(listener, 0).into(ANY);
        bench.connect(listener);
        return slot(ring.done("accept").result());
    }

    private static String direct(TrialBench bench) {
        TrialRing ring = bench.ring();
        int slot = acceptDirect(bench, ring);
        MemorySegment data = bench.bytes(1);
        ring.next().prepSend(slot, data.address(), 1, MSG_NOSIGNAL);
        TrialBench.expect(ring.done("send").result() == 1, "a short send");
        return "";
    }

    private static String range(TrialBench bench) {
        TrialRing ring = bench.ring();
        RegisteredFiles.register(ring.ring(), FILES).allocate(FILES - 1, 1);
        ring.next().prepSocket(AF_INET, SOCK_STREAM, 0).into(ANY);
        int number = ring.done("socket").result();
        TrialBench.expect(number == FILES - 1, "another slot was filled");
        return "";
    }

    private static String install(TrialBench bench) {
        TrialRing ring = bench.ring();
        int slot = acceptDirect(bench, ring);
        ring.next().prepFixedFdInstall(slot, 0);
        bench.opened("fixed_fd_install", ring.complete().result());
        return "";
    }

    private static String pass(TrialBench bench) {
        TrialRing from = bench.ring();
        TrialRing to = bench.ring();
        int slot = acceptDirect(bench, from);
        RegisteredFiles.register(to.ring(), FILES);
        from.next().prepMsgRingFd(to.ring().fd(), slot, ANY, 1, 0);
        from.done("msg_ring");
        int there = slot(to.done("msg_ring").result());
        MemorySegment data = bench.bytes(1);
        to.next().prepSend(there, data.address(), 1, MSG_NOSIGNAL);
        TrialBench.expect(to.done("send").result() == 1, "a short send");
        return "";
    }

    private static int madeSocket(TrialBench bench, TrialRing ring, Address address) {
        ring.next().prepSocket(address.family(), SOCK_STREAM | SOCK_CLOEXEC, 0);
        return bench.opened("socket", ring.complete().result());
    }

    private static String socket(TrialBench bench) {
        madeSocket(bench, bench.ring(), Address.parse("127.0.0.1:0"));
        return "";
    }

    private static String listen(TrialBench bench) {
        TrialRing ring = bench.ring();
        Address any = Address.parse("127.0.0.1:0");
        int fd = madeSocket(bench, ring, any);
        MemorySegment name = bench.bytes(Address.BYTES_MAX);
        ring.next().prep(IORING_OP_BIND, fd, name.address(), 0, any.encode(name));
        ring.done("bind");
        ring.next().prep(IORING_OP_LISTEN, fd, 0, 1, 0);
        ring.done("listen");
        return "";
    }

    private static String sendZc(TrialBench bench) {
        TrialRing ring = bench.ring();
        Ends ends = bench.connection(ring);
        MemorySegment data = bench.bytes(SENT);
        ring.next()
                .prepSendZc(ends.ours(), data.address(), SENT, MSG_NOSIGNAL)
                .ioprio(IORING_SEND_ZC_REPORT_USAGE);
        return copied(bench, ring, ends);
    }

    private static String sendmsgZc(TrialBench bench) {
        TrialRing ring = bench.ring();
        Ends ends = bench.connection(ring);
        MemorySegment message = bench.message(bench.bytes(SENT));
        ring.next()
                .prepSendmsgZc(ends.ours(), message.address(), MSG_NOSIGNAL)
                .ioprio(IORING_SEND_ZC_REPORT_USAGE);
        return copied(bench, ring, ends);
    }

    private static String copied(TrialBench bench, TrialRing ring, Ends ends) {
        Completion sent = ring.done("send");
        TrialBench.expect(sent.result() == SENT, "a short send");
        TrialBench.expect(sent.more(), "nobody says when the memory is free");
        // Some kernels let go of the memory only when the peer has taken it.
        bench.drain(ends.peer());
        Completion free = ring.complete();
        TrialBench.expect(free.has(IORING_CQE_F_NOTIF), "another completion first");
        return (free.result() & IORING_NOTIF_USAGE_ZC_COPIED) != 0
                ? "but the kernel has copied: loopback always does"
                : "and nothing was copied";
    }

    private static String splice(TrialBench bench) {
        TrialRing ring = bench.ring();
        Ends from = bench.pipe();
        Ends to = bench.pipe();
        bench.write(from.peer(), 1);
        ring.next().prepSplice(from.ours(), -1, to.peer(), -1, 1, 0);
        TrialBench.expect(ring.done("splice").result() == 1, "nothing was moved");
        return "";
    }
}
