// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.server;

import static dev.ringfork.bindings.abi.Fcntl.O_CLOEXEC;
import static dev.ringfork.bindings.abi.Fcntl.O_RDONLY;
import static dev.ringfork.bindings.abi.SocketConstants.SOCK_CLOEXEC;

import dev.ringfork.bindings.Syscalls;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * A descriptor kept for the moment when there are no more: given up, it makes room to accept a
 * connection and close it.
 *
 * <p>Confined to the loop's thread.
 */
public final class ReserveDescriptor implements AutoCloseable {
    private final Syscalls syscalls;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment devNull = arena.allocateFrom("/dev/null");
    private int fd;

    /** Opens it; where there is none to be had, it does without. */
    public ReserveDescriptor(Syscalls syscalls) {
        this.syscalls = syscalls;
        reopen();
    }

    private void reopen() {
        fd = syscalls.descriptors().open(devNull, O_RDONLY | O_CLOEXEC, 0);
    }

    /**
     * Accepts one connection in the place of the reserve and closes it.
     *
     * @return 0, or {@code -errno} if nothing was accepted
     */
    public int acceptAndClose(int listener) {
        if (fd >= 0) {
            syscalls.descriptors().close(fd);
        }
        int accepted = syscalls.sockets().accept4(listener, 0, 0, SOCK_CLOEXEC);
        if (accepted >= 0) {
            syscalls.descriptors().close(accepted);
        }
        reopen();
        return Math.min(accepted, 0);
    }

    @Override
    public void close() {
        if (arena.scope().isAlive()) {
            if (fd >= 0) {
                syscalls.descriptors().close(fd);
            }
            arena.close();
        }
    }
}
