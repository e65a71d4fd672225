// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.selftest;

import static dev.ringfork.bindings.abi.PollConstants.FD_SETSIZE;
import static dev.ringfork.bindings.abi.PollConstants.POLLHUP;
import static dev.ringfork.bindings.abi.PollConstants.POLLIN;
import static dev.ringfork.bindings.abi.PollConstants.POLLNVAL;
import static dev.ringfork.bindings.abi.PollConstants.POLLOUT;
import static dev.ringfork.examples.selftest.Bench.done;
import static dev.ringfork.examples.selftest.Bench.equal;
import static dev.ringfork.examples.selftest.Bench.holds;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.ringfork.bindings.Polling;
import dev.ringfork.bindings.abi.SocketConstants;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The two oldest ways to wait, as calls. */
final class PollingChecks {
    private static final int TIMEOUT_MS = 20;

    private PollingChecks() {}

    static List<Check> all() {
        return List.of(
                new Check("poll: readable, writable, hung up", PollingChecks::poll),
                new Check("poll: waits for its time-out", PollingChecks::timeout),
                new Check("select: readable, writable", PollingChecks::select));
    }

    private static void poll(Bench bench) {
        int[] pair = bench.socketpair(SocketConstants.SOCK_STREAM);
        equal("events of an idle socket", POLLOUT, bench.poll(pair[0], POLLIN | POLLOUT, 0));
        bench.write(pair[1], "x");
        equal(
                "events of a socket with a byte",
                POLLIN | POLLOUT,
                bench.await(pair[0], POLLIN | POLLOUT));
        bench.close(pair[1]);
        int events = bench.await(pair[0], POLLIN);
        holds((events & POLLHUP) != 0, "the events are 0x%x".formatted(events), "POLLHUP too");
        bench.close(pair[0]);
        equal("events of a closed descriptor", POLLNVAL, bench.poll(pair[0], POLLIN, 0));
    }

    private static void timeout(Bench bench) {
        long startNs = System.nanoTime();
        equal("events of an empty pipe", 0, bench.poll(bench.pipe(0)[0], POLLIN, TIMEOUT_MS));
        long waitedNs = System.nanoTime() - startNs;
        long leastNs = TimeUnit.MILLISECONDS.toNanos(TIMEOUT_MS - 1);
        holds(waitedNs >= leastNs, "poll waited %d ns".formatted(waitedNs), leastNs + " or more");
    }

    private static void select(Bench bench) {
        Polling polling = bench.syscalls().polling();
        int[] pair = bench.socketpair(SocketConstants.SOCK_STREAM);
        int fd = pair[0];
        if (fd >= FD_SETSIZE) {
            throw new Unavailable("descriptor %d is none for select".formatted(fd));
        }
        MemorySegment read = bench.bytes(FD_SETSIZE / Byte.SIZE);
        MemorySegment write = bench.bytes(FD_SETSIZE / Byte.SIZE);
        put(read, fd);
        put(write, fd);
        int count = polling.select(fd + 1, read.address(), write.address(), 0, 0);
        equal("what select returned for an idle socket", 1, done("select", count));
        equal("whether it is readable", false, has(read, fd));
        equal("whether it is writable", true, has(write, fd));

        bench.write(pair[1], "x");
        put(read, fd);
        long timeoutUs = TimeUnit.MILLISECONDS.toMicros(Bench.WAIT_MS);
        count = polling.select(fd + 1, read.address(), 0, 0, timeoutUs);
        equal("what select returned for a socket with a byte", 1, done("select", count));
        equal("whether it is readable", true, has(read, fd));
    }

    // Words or bytes make no difference to a set of bits: all four platforms are little-endian.

    private static void put(MemorySegment set, int fd) {
        set.set(JAVA_BYTE, fd / Byte.SIZE, (byte) (1 << fd % Byte.SIZE));
    }

    private static boolean has(MemorySegment set, int fd) {
        return (set.get(JAVA_BYTE, fd / Byte.SIZE) & 1 << fd % Byte.SIZE) != 0;
    }
}
