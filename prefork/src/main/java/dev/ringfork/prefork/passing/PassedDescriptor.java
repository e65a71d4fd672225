// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.passing;

import dev.ringfork.bindings.Syscalls;

/**
 * The owner of one descriptor that was, or is to be, passed: closing it closes the descriptor
 * unless somebody took it.
 *
 * <p>Confined to one thread at a time.
 *
 * <pre>{@code
 * try (PassedDescriptor connection = PassedDescriptor.own(fd)) {
 *     server.adopt(connection.take());
 * }
 * }</pre>
 */
public final class PassedDescriptor implements AutoCloseable {
    private static final int NONE = -1;

    private int fd;

    private PassedDescriptor(int fd) {
        this.fd = fd;
    }

    /** Takes over a descriptor. */
    public static PassedDescriptor own(int fd) {
        if (fd < 0) {
            throw new IllegalArgumentException("a descriptor is not negative: " + fd);
        }
        return new PassedDescriptor(fd);
    }

    /** Whether the descriptor is still here, neither taken nor closed. */
    public boolean held() {
        return fd != NONE;
    }

    /**
     * The descriptor, which stays this object's.
     *
     * @throws IllegalStateException if it was taken or closed
     */
    public int fd() {
        if (fd == NONE) {
            throw new IllegalStateException("the descriptor was taken or closed");
        }
        return fd;
    }

    /**
     * Gives the descriptor to the caller, who closes it.
     *
     * @throws IllegalStateException if it was taken or closed
     */
    public int take() {
        int taken = fd();
        fd = NONE;
        return taken;
    }

    /** Closes the descriptor if it is still here. */
    @Override
    public void close() {
        if (held()) {
            Syscalls.get().descriptors().close(take());
        }
    }

    @Override
    public String toString() {
        return held() ? "descriptor " + fd : "descriptor taken or closed";
    }
}
