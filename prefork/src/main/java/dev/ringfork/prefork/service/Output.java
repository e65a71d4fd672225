// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.service;

import dev.ringfork.bindings.Account;
import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.Syscalls;
import dev.ringfork.bindings.abi.Fcntl;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where standard output and standard error of a process go: to the end of a file, whoever writes,
 * the virtual machine that reports its own crash included. Confined to one thread.
 */
final class Output {
    private static final String NOWHERE = "/dev/null";
    private static final int OUT = 1;
    private static final int ERR = 2;
    private static final int PERMISSIONS = 0644;

    private final Syscalls syscalls;
    private final @Nullable Path log;
    private final @Nullable Account account;

    /**
     * Leaves all as it is.
     *
     * @param log null for no file
     * @param account whose the file is to be, null for this process's
     */
    Output(Syscalls syscalls, @Nullable Path log, @Nullable Account account) {
        this.syscalls = syscalls;
        this.log = log;
        this.account = account;
    }

    /**
     * Looks whether the file can be written; it is there afterwards.
     *
     * @throws IllegalStateException if not: the message says why
     */
    void check() {
        if (log != null) {
            syscalls.descriptors().close(open(log));
        }
    }

    /**
     * Goes to the file, if there is one, opened anew; what was written so far stays where it is.
     *
     * @throws IllegalStateException if it cannot be written: all stays as it was
     */
    void toLog() {
        if (log != null) {
            to(open(log));
        }
    }

    /** Goes to the file, or nowhere. */
    void toLogOrNowhere() {
        to(open(log == null ? Path.of(NOWHERE) : log));
    }

    private int open(Path file) {
        int flags = Fcntl.O_WRONLY | Fcntl.O_APPEND | Fcntl.O_CREAT | Fcntl.O_CLOEXEC;
        try (Arena call = Arena.ofConfined()) {
            MemorySegment path = call.allocateFrom(file.toString());
            int fd = syscalls.descriptors().open(path, flags, PERMISSIONS);
            if (fd < 0) {
                throw new IllegalStateException(
                        "the log %s cannot be written: %s (%s); choose a file in a folder that is there and that this user may write to"
                                .formatted(file, Errno.name(-fd), Errno.text(-fd)));
            }
            if (log != null && account != null && Account.isRoot()) {
                // Workers open it again, and are not root.
                syscalls.descriptors().fchown(fd, account.uid(), account.gid());
            }
            return fd;
        }
    }

    private void to(int fd) {
        int out = syscalls.descriptors().dup2(fd, OUT);
        int err = syscalls.descriptors().dup2(fd, ERR);
        syscalls.descriptors().close(fd);
        Errno.check("dup2", Math.min(out, err), "the log");
    }
}
