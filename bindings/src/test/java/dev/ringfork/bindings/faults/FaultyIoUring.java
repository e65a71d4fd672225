// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings.faults;

import dev.ringfork.bindings.IoUring;

/** io_uring, whose calls fail at times; what the kernel completes is left alone. */
final class FaultyIoUring implements IoUring {

    private final IoUring real;
    private final FaultPlan plan;

    FaultyIoUring(IoUring real, FaultPlan plan) {
        this.real = real;
        this.plan = plan;
    }

    @Override
    public int io_uring_setup(int entries, long params) {
        int fault = plan.fault("io_uring_setup");
        return fault < 0 ? fault : real.io_uring_setup(entries, params);
    }

    @Override
    public int io_uring_enter(
            int fd, int toSubmit, int minComplete, int flags, long arg, long argSize) {
        int fault = plan.fault("io_uring_enter");
        return fault < 0
                ? fault
                : real.io_uring_enter(fd, toSubmit, minComplete, flags, arg, argSize);
    }

    @Override
    public int io_uring_submit(int fd, int toSubmit, int flags) {
        int fault = plan.fault("io_uring_submit");
        return fault < 0 ? fault : real.io_uring_submit(fd, toSubmit, flags);
    }

    @Override
    public int io_uring_register(int fd, int opcode, long arg, int count) {
        int fault = plan.fault("io_uring_register");
        return fault < 0 ? fault : real.io_uring_register(fd, opcode, arg, count);
    }
}
