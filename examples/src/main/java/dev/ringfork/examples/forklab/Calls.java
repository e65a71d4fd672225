// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.forklab;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.Syscalls;
import dev.ringfork.bindings.WaitStatus;
import dev.ringfork.bindings.abi.Fcntl;
import dev.ringfork.bindings.abi.PollConstants;
import dev.ringfork.bindings.abi.ProcessConstants;
import dev.ringfork.bindings.abi.SocketConstants;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** System calls with exceptions. Safe for use by many threads. */
record Calls(Syscalls syscalls) {
    private static final int SLICE_MS = 100;
    private static final int POLLFD_BYTES = 8;
    private static final int POLLFD_EVENTS = 4;

    int pid() {
        return syscalls.processes().getpid();
    }

    /** Two connected sockets. */
    int[] socketpair() {
        try (Arena call = Arena.ofConfined()) {
            MemorySegment fds = call.allocate(JAVA_INT, 2);
            int type = SocketConstants.SOCK_STREAM | SocketConstants.SOCK_CLOEXEC;
            Errno.check(
                    "socketpair",
                    syscalls.sockets().socketpair(SocketConstants.AF_UNIX, type, 0, fds),
                    null);
            return fds.toArray(JAVA_INT);
        }
    }

    /** The read end and the write end of a pipe. */
    int[] pipe() {
        try (Arena call = Arena.ofConfined()) {
            MemorySegment fds = call.allocate(JAVA_INT, 2);
            Errno.check("pipe2", syscalls.descriptors().pipe2(fds, Fcntl.O_CLOEXEC), null);
            return fds.toArray(JAVA_INT);
        }
    }

    void close(int fd) {
        if (fd >= 0) {
            syscalls.descriptors().close(fd);
        }
    }

    void write(int fd, int value) {
        try (Arena call = Arena.ofConfined()) {
            MemorySegment one = call.allocate(1);
            one.set(JAVA_BYTE, 0, (byte) value);
            Errno.check("write", syscalls.descriptors().write(fd, one.address(), 1), fd);
        }
    }

    /** The next byte, or -1 at the end. Blocks. */
    int read(int fd) {
        try (Arena call = Arena.ofConfined()) {
            MemorySegment one = call.allocate(1);
            long n;
            do {
                n = syscalls.descriptors().read(fd, one.address(), 1);
            } while (n == -Errno.EINTR);
            Errno.check("read", n, fd);
            return n == 0 ? -1 : one.get(JAVA_BYTE, 0);
        }
    }

    /** Whether a descriptor is ready to be read, within a time in milliseconds. */
    boolean readable(int fd, int timeoutMs) {
        try (Arena call = Arena.ofConfined()) {
            MemorySegment entry = call.allocate(POLLFD_BYTES, Integer.BYTES);
            entry.set(JAVA_INT, 0, fd);
            entry.set(JAVA_SHORT, POLLFD_EVENTS, (short) PollConstants.POLLIN);
            int n = syscalls.polling().poll(entry.address(), 1, timeoutMs);
            return n > 0;
        }
    }

    /** Sends what this process says from here on to a file. */
    void redirectOutput(Path file) {
        try (Arena call = Arena.ofConfined()) {
            MemorySegment path = call.allocateFrom(file.toString());
            int flags = Fcntl.O_WRONLY | Fcntl.O_CREAT | Fcntl.O_APPEND | Fcntl.O_CLOEXEC;
            int fd = syscalls.descriptors().open(path, flags, 0600);
            Errno.check("open", fd, file);
            Errno.check("dup2", syscalls.descriptors().dup2(fd, 1), null);
            Errno.check("dup2", syscalls.descriptors().dup2(fd, 2), null);
            close(fd);
        }
    }

    void kill(int pid, int signal) {
        Errno.check("kill", syscalls.processes().kill(pid, signal), pid);
    }

    /** How a child has ended, which is reaped, or null if it has not by then. */
    @Nullable WaitStatus reap(int pid, int pidfd, long deadlineNs) {
        try (Arena call = Arena.ofConfined()) {
            MemorySegment status = call.allocate(JAVA_INT);
            while (true) {
                int result = syscalls.processes().waitpid(pid, status, ProcessConstants.WNOHANG);
                if (result == pid) {
                    return WaitStatus.of(status.get(JAVA_INT, 0));
                }
                if (result != -Errno.EINTR) {
                    Errno.check("waitpid", result, pid);
                }
                if (System.nanoTime() - deadlineNs > 0) {
                    return null;
                }
                // Without a descriptor of the process there is nothing to wait for but time.
                if (pidfd >= 0) {
                    readable(pidfd, SLICE_MS);
                } else {
                    syscalls.polling().poll(0, 0, 2);
                }
            }
        }
    }

    /** Sets how many processes and threads this user may have, and returns how many before. */
    long limitProcesses(long soft) {
        try (Arena call = Arena.ofConfined()) {
            MemorySegment limit = call.allocate(JAVA_LONG, 2);
            int resource = ProcessConstants.RLIMIT_NPROC;
            Errno.check("getrlimit", syscalls.processes().getrlimit(resource, limit), null);
            long before = limit.getAtIndex(JAVA_LONG, 0);
            limit.setAtIndex(JAVA_LONG, 0, soft);
            Errno.check("setrlimit", syscalls.processes().setrlimit(resource, limit), null);
            return before;
        }
    }
}
