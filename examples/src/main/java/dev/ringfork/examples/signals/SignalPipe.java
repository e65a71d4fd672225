// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.signals;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.Platform;
import dev.ringfork.bindings.Signals;
import dev.ringfork.bindings.SyscallException;
import dev.ringfork.bindings.Syscalls;
import dev.ringfork.bindings.abi.Fcntl;
import dev.ringfork.bindings.abi.Layouts;
import dev.ringfork.bindings.abi.PollConstants;
import dev.ringfork.bindings.abi.ProcessConstants;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The door by which signals reach Java: a pipe that libringfork's handler fills with records.
 *
 * <p>One at a time in a process, because what a signal does is the process's. Its pipe is made once
 * and then kept: a handler that had begun on another thread when the door was closed may still
 * write to it, whoever would have the number by then.
 *
 * <p>Threads: confined to one, but for {@link #wake}.
 */
public final class SignalPipe implements AutoCloseable {

    /**
     * The signal by which the kernel tells of events one by one. On Linux a real-time signal, which
     * is queued. The C library keeps the first ones (32 and 33, musl 34 too), the JDK's sockets
     * take 62, emulators 63 and 64; one between them is free, unless somebody handles it, and that
     * is found out. macOS has none: there it is SIGIO, which is not queued and names nothing.
     */
    public static final int EVENT = Platform.current().linux() ? 40 : ProcessConstants.SIGIO;

    private static final int BATCH = 256;
    private static final MemorySegment NOTHING =
            Arena.global().allocate(Signals.RECORD_BYTES, Long.BYTES);
    private static final AtomicBoolean OPEN = new AtomicBoolean();
    private static int readFd = -1;
    private static int writeFd = -1;

    private final Syscalls syscalls;
    private final int[] signals;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment records =
            arena.allocate((long) BATCH * Signals.RECORD_BYTES, Long.BYTES);
    private final MemorySegment pollfd = arena.allocate(Layouts.current().size("pollfd"), 8);

    private SignalPipe(Syscalls syscalls, int[] signals) {
        this.syscalls = syscalls;
        this.signals = signals.clone();
        pollfd.set(JAVA_INT, Layouts.current().offset("pollfd", "fd"), readFd);
        pollfd.set(
                JAVA_SHORT,
                Layouts.current().offset("pollfd", "events"),
                (short) PollConstants.POLLIN);
    }

    /**
     * Takes signals over.
     *
     * @throws IllegalStateException if libringfork is missing, a door is open already, or somebody
     *     handles one of the signals
     */
    public static SignalPipe open(Syscalls syscalls, int... signals) {
        String absence = syscalls.absence("rf_siginfo_watch");
        if (absence != null) {
            throw new IllegalStateException(absence);
        }
        if (!OPEN.compareAndSet(false, true)) {
            throw new IllegalStateException("this process takes signals already");
        }
        try {
            makePipe(syscalls);
        } catch (SyscallException e) {
            OPEN.set(false);
            throw e;
        }
        SignalPipe pipe = new SignalPipe(syscalls, signals);
        try {
            pipe.takeOver();
            return pipe;
        } catch (IllegalStateException | SyscallException e) {
            pipe.close();
            throw e;
        }
    }

    private static void makePipe(Syscalls syscalls) {
        if (readFd >= 0) {
            return;
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment fds = arena.allocate(JAVA_INT, 2);
            int flags = Fcntl.O_NONBLOCK | Fcntl.O_CLOEXEC;
            Errno.check("pipe2", syscalls.descriptors().pipe2(fds, flags), null);
            readFd = fds.getAtIndex(JAVA_INT, 0);
            writeFd = fds.getAtIndex(JAVA_INT, 1);
        }
    }

    private void takeOver() {
        while (read() > 0) {
            // What the last one left behind is nobody's.
        }
        for (int signo : signals) {
            int result = syscalls.signals().rf_siginfo_watch(signo, writeFd);
            if (result == -Errno.EBUSY) {
                throw new IllegalStateException(
                        "signal %d is handled by somebody else in this process".formatted(signo));
            }
            Errno.check("rf_siginfo_watch", result, "signal " + signo);
        }
        crowded();
    }

    /**
     * Waits for a record. A signal that arrives meanwhile interrupts the wait, and has left one.
     *
     * @return false if the time is over
     */
    public boolean await(int timeoutMs) {
        int result = syscalls.polling().poll(pollfd.address(), 1, timeoutMs);
        if (result != -Errno.EINTR) {
            Errno.check("poll", result, null);
        }
        return result != 0;
    }

    /**
     * Reads the next records, which replace those read before.
     *
     * @return how many, 0 if there is none
     */
    public int read() {
        long bytes = syscalls.descriptors().read(readFd, records.address(), records.byteSize());
        if (bytes == -Errno.EAGAIN || bytes == -Errno.EINTR) {
            return 0;
        }
        return (int) Errno.check("read", bytes, null) / Signals.RECORD_BYTES;
    }

    /** The signal of a record, 0 if it is one of {@link #wake}. */
    public int signo(int index) {
        return records.get(JAVA_INT, at(index) + Signals.RECORD_SIGNO);
    }

    /** Where a record's signal comes from, {@code si_code}. */
    public int code(int index) {
        return records.get(JAVA_INT, at(index) + Signals.RECORD_CODE);
    }

    /** The descriptor that a record names, or -1. */
    public int fd(int index) {
        return records.get(JAVA_INT, at(index) + Signals.RECORD_FD);
    }

    /** The value that a record's signal came with, or 0. */
    public long value(int index) {
        return records.get(JAVA_LONG, at(index) + Signals.RECORD_VALUE);
    }

    private static long at(int index) {
        return (long) index * Signals.RECORD_BYTES;
    }

    /**
     * How many signals found the pipe full since this was last asked: if any, something was missed.
     */
    public int crowded() {
        int sum = 0;
        for (int signo : signals) {
            sum += syscalls.signals().rf_siginfo_crowded(signo);
        }
        return sum;
    }

    /** Ends a wait. Safe for use by many threads, also when the door is closed. */
    public void wake() {
        // Into a full pipe it need not go: nobody waits for that.
        syscalls.descriptors().write(writeFd, NOTHING.address(), NOTHING.byteSize());
    }

    /** Ignores the signals from now on: a late one by default would end the process. */
    @Override
    public void close() {
        if (arena.scope().isAlive()) {
            for (int signo : signals) {
                syscalls.signals().rf_signal_ignore(signo);
            }
            arena.close();
            OPEN.set(false);
        }
    }
}
