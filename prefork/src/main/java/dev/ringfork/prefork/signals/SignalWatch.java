// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.signals;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.Syscalls;
import dev.ringfork.bindings.abi.Fcntl;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.function.IntConsumer;

/**
 * Signals to this process, as bytes in a pipe: the handler does nothing but write its number.
 *
 * <p>For as long as the process lives: a handler that had begun may still write when nobody wants
 * to hear it any more, so the pipe is never closed. It is shared by all signals; it has room for
 * tens of thousands, and a loop reads it at every turn. Confined to the loop's thread.
 */
public final class SignalWatch {
    private static final int BATCH = 64;

    private final Syscalls syscalls;
    private final int readFd;
    private final int writeFd;
    private final MemorySegment bytes = Arena.ofAuto().allocate(BATCH);

    private SignalWatch(Syscalls syscalls, int readFd, int writeFd) {
        this.syscalls = syscalls;
        this.readFd = readFd;
        this.writeFd = writeFd;
    }

    /**
     * Makes the pipe.
     *
     * @throws IllegalStateException if libringfork is missing: the message says why
     */
    public static SignalWatch open(Syscalls syscalls) {
        String absence = syscalls.absence("rf_signal_watch");
        if (absence != null) {
            throw new IllegalStateException(absence);
        }
        try (Arena call = Arena.ofConfined()) {
            MemorySegment fds = call.allocate(JAVA_INT, 2);
            int flags = Fcntl.O_NONBLOCK | Fcntl.O_CLOEXEC;
            Errno.check("pipe2", syscalls.descriptors().pipe2(fds, flags), "signals");
            return new SignalWatch(
                    syscalls, fds.getAtIndex(JAVA_INT, 0), fds.getAtIndex(JAVA_INT, 1));
        }
    }

    /** The descriptor to be watched for reading. */
    public int fd() {
        return readFd;
    }

    /** Takes a signal from whoever handled it, the virtual machine included. */
    public void watch(int signo) {
        int result = syscalls.signals().rf_signal_watch(signo, writeFd);
        Errno.check("rf_signal_watch", result, "signal " + signo);
    }

    /** Has a signal discarded. */
    public void ignore(int signo) {
        int result = syscalls.signals().rf_signal_ignore(signo);
        Errno.check("rf_signal_ignore", result, "signal " + signo);
    }

    /** Calls a consumer with each signal that has arrived since the last time. */
    public void drain(IntConsumer handler) {
        long count;
        do {
            count = syscalls.descriptors().read(readFd, bytes.address(), BATCH);
            for (int i = 0; i < count; i++) {
                handler.accept(bytes.get(JAVA_BYTE, i));
            }
        } while (count == BATCH || count == -Errno.EINTR);
    }
}
