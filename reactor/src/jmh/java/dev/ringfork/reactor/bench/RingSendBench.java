// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.bench;

import static dev.ringfork.bindings.abi.IoUringConstants.IORING_CQE_F_MORE;
import static dev.ringfork.bindings.abi.SocketConstants.MSG_WAITALL;

import dev.ringfork.bindings.bench.TcpBench;
import dev.ringfork.reactor.uring.CompletionQueue;
import dev.ringfork.reactor.uring.Ring;
import dev.ringfork.reactor.uring.RingSettings;
import dev.ringfork.reactor.uring.Sqe;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Setup;

/** Memory into a TCP connection by a ring, copied or not: from which size on is that worth it? */
public class RingSendBench extends TcpBench {
    private Ring ring;
    private long buffer;

    /** Makes the ring and connects. */
    @Setup
    public void open() {
        ring = Ring.open(SYSCALLS, RingSettings.DEFAULT);
        ring.enable();
        buffer = memory(bytes).address();
        connect(0);
    }

    @Override
    protected void end() {
        ring.close();
    }

    /** IORING_OP_SEND. */
    @Benchmark
    public void copied() {
        next().prepSend(sender, buffer, bytes, MSG_WAITALL).userData(0);
        transfer();
    }

    /** IORING_OP_SEND_ZC; on loopback the kernel copies all the same, when it is received. */
    @Benchmark
    public void zeroCopy() {
        next().prepSendZc(sender, buffer, bytes, MSG_WAITALL).userData(0);
        transfer();
    }

    private Sqe next() {
        return ring.submissions().next();
    }

    private void transfer() {
        ok(ring.submit(true));
        long taken = 0;
        int operations = 1;
        while (taken < bytes || operations > 0) {
            taken += drain();
            ok(ring.submitAndWait(0, true));
            operations -= finished();
        }
    }

    private int finished() {
        CompletionQueue completions = ring.completions();
        int count = completions.ready();
        int finished = 0;
        for (int i = 0; i < count; i++) {
            ok(completions.res(i));
            finished += (completions.flags(i) & IORING_CQE_F_MORE) == 0 ? 1 : 0;
        }
        completions.advance(count);
        return finished;
    }
}
