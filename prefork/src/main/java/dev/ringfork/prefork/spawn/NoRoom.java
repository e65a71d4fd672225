// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.spawn;

import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.SyscallException;

/** Says why a worker cannot be started, and what helps. */
public final class NoRoom {
    private NoRoom() {}

    /** One sentence about what {@link Spawner.Birth#failed} was told. */
    public static String reason(RuntimeException failure) {
        String reason = String.valueOf(failure.getMessage());
        return failure instanceof SyscallException call && call.errno() == Errno.EAGAIN
                ? reason
                        + "; this user may have no more processes and threads: raise RLIMIT_NPROC (ulimit -u, LimitNPROC of systemd), or pids.max of the control group (TasksMax of systemd)"
                : reason;
    }
}
