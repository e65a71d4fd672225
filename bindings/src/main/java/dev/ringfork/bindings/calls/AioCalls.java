// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings.calls;

import dev.ringfork.bindings.Aio;
import dev.ringfork.bindings.Errno;

/** POSIX asynchronous I/O through the functions of the C library. */
final class AioCalls implements Aio {

    static final AioCalls INSTANCE = new AioCalls();

    // None is critical: each takes the lock that glibc's threads hold when they finish.
    private static final Call READ = Prototype.plain("aio_read").link();
    private static final Call WRITE = Prototype.plain("aio_write").link();
    private static final Call ERROR = Prototype.library("aio_error").link();
    private static final Call RETURN = Prototype.plain("aio_return").wide().link();
    private static final Call CANCEL = Prototype.plain("aio_cancel").link();
    private static final Call SUSPEND = Prototype.plain("aio_suspend").link();

    private AioCalls() {}

    @Override
    public int aio_read(long aiocb) {
        return (int) READ.call(aiocb);
    }

    @Override
    public int aio_write(long aiocb) {
        return (int) WRITE.call(aiocb);
    }

    @Override
    public int aio_error(long aiocb) {
        return (int) ERROR.call(aiocb);
    }

    /** Only the bytes are taken from aio_return: of a failure it says -1 and leaves errno alone. */
    @Override
    public long aio_return(long aiocb) {
        int error = aio_error(aiocb);
        if (error == -Errno.EINPROGRESS) {
            return error;
        }
        long bytes = RETURN.call(aiocb);
        return error == 0 ? bytes : error;
    }

    @Override
    public int aio_cancel(int fd, long aiocb) {
        return (int) CANCEL.call(fd, aiocb);
    }

    @Override
    public int aio_suspend(long list, int count, long timeout) {
        return (int) SUSPEND.call(list, count, timeout);
    }
}
