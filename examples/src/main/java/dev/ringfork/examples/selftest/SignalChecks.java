// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.selftest;

import static dev.ringfork.bindings.abi.PollConstants.POLLIN;
import static dev.ringfork.examples.selftest.Bench.done;
import static dev.ringfork.examples.selftest.Bench.equal;
import static dev.ringfork.examples.selftest.Bench.fails;

import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.Processes;
import dev.ringfork.bindings.abi.Fcntl;
import dev.ringfork.bindings.abi.ProcessConstants;
import java.util.List;

/** Signals as bytes in a pipe, by libringfork's handler. */
final class SignalChecks {
    /** One that the JVM leaves alone. */
    private static final int SIGNAL = ProcessConstants.SIGUSR1;

    private SignalChecks() {}

    static List<Check> all() {
        return List.of(
                new Check("signals: a byte in a pipe", SignalChecks::bytes),
                new Check("signals: a pipe that is full", SignalChecks::full),
                new Check("signals: what cannot be watched", SignalChecks::refused));
    }

    private static void raise(Bench bench) {
        Processes processes = bench.syscalls().processes();
        done("kill", processes.kill(processes.getpid(), SIGNAL));
    }

    private static void bytes(Bench bench) {
        Libringfork library = Libringfork.load();
        int[] pipe = bench.pipe(Fcntl.O_NONBLOCK);
        done("rf_signal_watch", library.watch(SIGNAL, pipe[1]));
        try {
            for (int i = 0; i < 3; i++) {
                raise(bench);
                equal("what came", character(), bench.read(pipe[0]));
                equal("events of the pipe after that", 0, bench.poll(pipe[0], POLLIN, 0));
            }
        } finally {
            done("rf_signal_default", library.restore(SIGNAL));
        }
    }

    /** The handler has to drop its byte: waiting for room would stop the thread it interrupted. */
    private static void full(Bench bench) {
        Libringfork library = Libringfork.load();
        int[] pipe = bench.pipe(Fcntl.O_NONBLOCK);
        long queued = bench.fill(pipe[1]);
        done("rf_signal_watch", library.watch(SIGNAL, pipe[1]));
        try {
            raise(bench);
            for (long left = queued; left > 0; ) {
                left -= bench.read(pipe[0]).length();
            }
            raise(bench);
            equal(
                    "what came when there was room",
                    character(),
                    bench.read(pipe[0]).substring(0, 1));
        } finally {
            done("rf_signal_default", library.restore(SIGNAL));
        }
    }

    private static String character() {
        return String.valueOf((char) SIGNAL);
    }

    private static void refused(Bench bench) {
        Libringfork library = Libringfork.load();
        int[] pipe = bench.pipe(Fcntl.O_NONBLOCK);
        int kill = ProcessConstants.SIGKILL;
        fails("rf_signal_watch of SIGKILL", Errno.EINVAL, library.watch(kill, pipe[1]));
        fails("rf_signal_watch of no descriptor", Errno.EBADF, library.watch(SIGNAL, -1));
    }
}
