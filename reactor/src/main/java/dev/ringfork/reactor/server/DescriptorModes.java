// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.server;

import static dev.ringfork.bindings.abi.Fcntl.FD_CLOEXEC;
import static dev.ringfork.bindings.abi.Fcntl.F_GETFL;
import static dev.ringfork.bindings.abi.Fcntl.F_SETFD;
import static dev.ringfork.bindings.abi.Fcntl.F_SETFL;
import static dev.ringfork.bindings.abi.Fcntl.O_NONBLOCK;

import dev.ringfork.bindings.Descriptors;
import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.Syscalls;

/** How a loop wants descriptors that it has not made. Safe for use by many threads. */
final class DescriptorModes {
    private DescriptorModes() {}

    /**
     * Makes a descriptor close-on-exec and non-blocking.
     *
     * @throws dev.ringfork.bindings.SyscallException if this process has no such descriptor
     */
    static void ofALoop(Syscalls syscalls, int fd) {
        Descriptors descriptors = syscalls.descriptors();
        Errno.check("fcntl F_SETFD", descriptors.fcntl(fd, F_SETFD, FD_CLOEXEC), fd);
        int flags = Errno.check("fcntl F_GETFL", descriptors.fcntl(fd, F_GETFL, 0), fd);
        if ((flags & O_NONBLOCK) == 0) {
            int result = descriptors.fcntl(fd, F_SETFL, flags | O_NONBLOCK);
            Errno.check("fcntl F_SETFL", result, fd);
        }
    }
}
