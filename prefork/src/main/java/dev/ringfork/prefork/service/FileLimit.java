// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.service;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.Platform;
import dev.ringfork.bindings.Syscalls;
import dev.ringfork.bindings.abi.ProcessConstants;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** How many descriptors this process and those that it starts may have, RLIMIT_NOFILE. */
final class FileLimit {
    private FileLimit() {}

    /**
     * Sets the soft and the hard limit: a virtual machine raises the soft one to the hard one when
     * it starts, so that one alone would change nothing.
     *
     * @throws IllegalStateException if the system refuses: the message says why
     */
    static void set(Syscalls syscalls, long files) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment limit = arena.allocate(JAVA_LONG, 2);
            int resource = ProcessConstants.RLIMIT_NOFILE;
            int result = syscalls.processes().getrlimit(resource, limit);
            Errno.check("getrlimit", result, "RLIMIT_NOFILE");
            long hard = limit.getAtIndex(JAVA_LONG, 1);
            limit.setAtIndex(JAVA_LONG, 0, files);
            limit.setAtIndex(JAVA_LONG, 1, files);
            result = syscalls.processes().setrlimit(resource, limit);
            if (result == -Errno.EPERM) {
                throw new IllegalStateException(
                        "%d descriptors are more than the hard limit of %d, which only root may raise%s: ask for fewer, or raise it with ulimit -Hn, or LimitNOFILE of systemd"
                                .formatted(files, hard, ceiling()));
            }
            Errno.check("setrlimit", result, files);
        }
    }

    private static String ceiling() {
        return Platform.current().linux() ? ", up to sysctl fs.nr_open" : "";
    }
}
