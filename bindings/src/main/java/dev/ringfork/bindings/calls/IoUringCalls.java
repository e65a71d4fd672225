// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings.calls;

import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.IoUring;
import dev.ringfork.bindings.abi.IoUringConstants;

/** io_uring: Linux only, absent elsewhere. The C library has no functions for it. */
final class IoUringCalls implements IoUring {

    static final IoUringCalls INSTANCE = new IoUringCalls();

    // Both allocate and take locks; some registrations wait until the ring is idle.
    private static final Call SETUP = Prototype.plain("io_uring_setup").link();
    private static final Call REGISTER = Prototype.plain("io_uring_register").link();

    private static final Call ENTER = Prototype.plain("io_uring_enter").link();
    // The caller answers for the operations: see the interface.
    private static final Call SUBMIT = Prototype.critical("io_uring_enter").link();

    private IoUringCalls() {}

    @Override
    public int io_uring_setup(int entries, long params) {
        return (int) SETUP.call(entries, params);
    }

    @Override
    public int io_uring_enter(
            int fd, int toSubmit, int minComplete, int flags, long arg, long argSize) {
        return (int) ENTER.call(fd, toSubmit, minComplete, flags, arg, argSize);
    }

    @Override
    public int io_uring_submit(int fd, int toSubmit, int flags) {
        if ((flags & IoUringConstants.IORING_ENTER_SQ_WAIT) != 0) {
            return -Errno.EINVAL;
        }
        return (int) SUBMIT.call(fd, toSubmit, 0, flags);
    }

    @Override
    public int io_uring_register(int fd, int opcode, long arg, int count) {
        return (int) REGISTER.call(fd, opcode, arg, count);
    }
}
