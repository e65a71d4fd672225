// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.uring;

import static dev.ringfork.bindings.abi.IoUringConstants.IORING_SETUP_CLAMP;
import static dev.ringfork.bindings.abi.IoUringConstants.IORING_SETUP_COOP_TASKRUN;
import static dev.ringfork.bindings.abi.IoUringConstants.IORING_SETUP_CQSIZE;
import static dev.ringfork.bindings.abi.IoUringConstants.IORING_SETUP_DEFER_TASKRUN;
import static dev.ringfork.bindings.abi.IoUringConstants.IORING_SETUP_NO_SQARRAY;
import static dev.ringfork.bindings.abi.IoUringConstants.IORING_SETUP_R_DISABLED;
import static dev.ringfork.bindings.abi.IoUringConstants.IORING_SETUP_SINGLE_ISSUER;
import static dev.ringfork.bindings.abi.IoUringConstants.IORING_SETUP_SQPOLL;
import static dev.ringfork.bindings.abi.IoUringConstants.IORING_SETUP_SQ_AFF;
import static dev.ringfork.bindings.abi.IoUringConstants.IORING_SETUP_SUBMIT_ALL;
import static dev.ringfork.bindings.abi.IoUringConstants.IORING_SETUP_TASKRUN_FLAG;

import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.Syscalls;
import dev.ringfork.bindings.abi.Layouts;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/**
 * io_uring_setup(2) with as many good flags as this kernel takes. Which it takes is found by
 * trying: version numbers say nothing about what a distribution has carried over.
 */
final class SetupLadder {
    /** A flag that is better to have than not, the newest first: a kernel lacks the new ones. */
    private record Wish(String name, int flags) {}

    private static final List<Wish> WISHES =
            List.of(
                    new Wish("NO_SQARRAY", IORING_SETUP_NO_SQARRAY),
                    new Wish("DEFER_TASKRUN", IORING_SETUP_DEFER_TASKRUN),
                    new Wish("SINGLE_ISSUER", IORING_SETUP_SINGLE_ISSUER),
                    new Wish("COOP_TASKRUN", IORING_SETUP_COOP_TASKRUN | IORING_SETUP_TASKRUN_FLAG),
                    new Wish("SUBMIT_ALL", IORING_SETUP_SUBMIT_ALL));

    private static final long FLAGS = offset("flags");

    private final Syscalls syscalls;
    private final RingSettings settings;
    private final MemorySegment params;
    private final List<String> missing = new ArrayList<>();

    /**
     * Stands at its foot.
     *
     * @param params an io_uring_params, filled in by {@link #climb}
     */
    SetupLadder(Syscalls syscalls, RingSettings settings, MemorySegment params) {
        this.syscalls = syscalls;
        this.settings = settings;
        this.params = params;
    }

    private static long offset(String field) {
        return Layouts.current().offset("io_uring_params", field);
    }

    /**
     * Tries from the best down.
     *
     * @return the ring's descriptor, or {@code -errno}
     */
    int climb() {
        List<Wish> wishes = new ArrayList<>(settings.sqPoll() ? withSqPoll() : WISHES);
        int fd = setup(wishes);
        while (fd == -Errno.EINVAL && !wishes.isEmpty()) {
            Wish dropped = wishes.removeFirst();
            missing.add(dropped.name);
            fd = setup(wishes);
        }
        return fd;
    }

    /** The polling thread runs what completes: there is nothing to defer to us. */
    private static List<Wish> withSqPoll() {
        return WISHES.stream()
                .filter(wish -> wish.flags != IORING_SETUP_DEFER_TASKRUN)
                .filter(wish -> (wish.flags & IORING_SETUP_COOP_TASKRUN) == 0)
                .toList();
    }

    private int setup(List<Wish> wishes) {
        params.fill((byte) 0);
        // Disabled, so that the thread that will own the ring can become its only issuer.
        int flags = IORING_SETUP_CLAMP | IORING_SETUP_CQSIZE | IORING_SETUP_R_DISABLED;
        for (Wish wish : wishes) {
            flags |= wish.flags;
        }
        if (settings.sqPoll()) {
            flags |= IORING_SETUP_SQPOLL;
            // Rounded up: 0 would be the kernel's own choice, a second.
            set("sq_thread_idle", (int) Math.max(1, settings.sqPollIdle().toMillis()));
            if (settings.sqPollCpu() >= 0) {
                flags |= IORING_SETUP_SQ_AFF;
                set("sq_thread_cpu", settings.sqPollCpu());
            }
        }
        set("flags", flags);
        set("cq_entries", settings.completions());
        return syscalls.ioUring().io_uring_setup(settings.submissions(), params.address());
    }

    private void set(String field, int value) {
        params.set(ValueLayout.JAVA_INT, offset(field), value);
    }

    /** The flags that were taken. */
    int flags() {
        return params.get(ValueLayout.JAVA_INT, FLAGS);
    }

    /** The names of the flags that this kernel does not take. */
    List<String> missing() {
        return missing;
    }
}
