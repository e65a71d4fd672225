// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.uring;

import static dev.ringfork.bindings.abi.IoUringOperations.IORING_OP_SEND_ZC;

import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.SyscallException;
import dev.ringfork.bindings.Syscalls;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whether servers can use rings here, found by making one. Immutable.
 *
 * @param absence why loops cannot wait with a ring, and what helps; or null if they can, or if the
 *     attempt failed for want of something else, as descriptors: then {@link Ring#open} will tell
 * @param missing the setup flags that a ring does without here
 */
public record RingSupport(@Nullable String absence, List<String> missing) {
    private static final RingSettings SMALL =
            RingSettings.DEFAULT.withSubmissions(1).withCompletions(2);

    /** Looks. */
    public static RingSupport find(Syscalls syscalls) {
        String unknown = syscalls.absence("io_uring_setup");
        if (unknown != null) {
            return new RingSupport(unknown, List.of());
        }
        try (Ring ring = Ring.open(syscalls, SMALL)) {
            BufferRing.register(ring, 0, 1, 0).close();
            // What a server's loop needs, a receive that goes on into buffers of a group, came with
            // Linux 6.0, and cannot be asked for; a send without copying came with it, and can.
            String old =
                    Probe.of(ring).has(IORING_OP_SEND_ZC)
                            ? null
                            : "its operations are too old, receives that go on came with Linux 6.0";
            return new RingSupport(old, ring.missing());
        } catch (SyscallException e) {
            boolean full = e.errno() == Errno.EMFILE || e.errno() == Errno.ENFILE;
            return new RingSupport(full ? null : reason(e), List.of());
        }
    }

    /** Why loops cannot wait with a ring here, or null if they can. */
    public static @Nullable String absence(Syscalls syscalls) {
        return find(syscalls).absence;
    }

    /** {@code " without NO_SQARRAY"}, or nothing if a ring has all flags that are wished for. */
    public String without() {
        return missing.isEmpty() ? "" : " without " + String.join(", ", missing);
    }

    /**
     * Why no ring at all can be made here, however old its operations.
     *
     * @return the reason and what helps, or null if one can
     */
    static @Nullable String refusal(Syscalls syscalls) {
        String unknown = syscalls.absence("io_uring_setup");
        if (unknown != null) {
            return unknown;
        }
        try {
            Ring.open(syscalls, SMALL).close();
            return null;
        } catch (SyscallException e) {
            return reason(e);
        }
    }

    private static String reason(SyscallException refused) {
        int errno = refused.errno();
        String what = refused.call() + "(2) gives " + refused.name();
        if (errno == Errno.EPERM) {
            return what + "; sysctl kernel.io_uring_disabled, or seccomp?";
        }
        if (errno == Errno.ENOSYS) {
            return what + "; seccomp, or a kernel without it?";
        }
        if (errno == Errno.ENOMEM) {
            return what + "; raise ulimit -l";
        }
        if (errno == Errno.ENOTSUP) {
            return what + "; this kernel's io_uring is older than that of Linux 5.11";
        }
        return what;
    }
}
