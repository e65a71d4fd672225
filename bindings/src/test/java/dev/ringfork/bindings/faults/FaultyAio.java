// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings.faults;

import dev.ringfork.bindings.Aio;

/** POSIX asynchronous I/O, which fails at times. */
final class FaultyAio implements Aio {

    private final Aio real;
    private final FaultPlan plan;

    FaultyAio(Aio real, FaultPlan plan) {
        this.real = real;
        this.plan = plan;
    }

    @Override
    public int aio_read(long aiocb) {
        int fault = plan.fault("aio_read");
        return fault < 0 ? fault : real.aio_read(aiocb);
    }

    @Override
    public int aio_write(long aiocb) {
        int fault = plan.fault("aio_write");
        return fault < 0 ? fault : real.aio_write(aiocb);
    }

    @Override
    public int aio_error(long aiocb) {
        int fault = plan.fault("aio_error");
        return fault < 0 ? fault : real.aio_error(aiocb);
    }

    @Override
    public long aio_return(long aiocb) {
        int fault = plan.fault("aio_return");
        return fault < 0 ? fault : real.aio_return(aiocb);
    }

    @Override
    public int aio_cancel(int fd, long aiocb) {
        int fault = plan.fault("aio_cancel");
        return fault < 0 ? fault : real.aio_cancel(fd, aiocb);
    }

    @Override
    public int aio_suspend(long list, int count, long timeout) {
        int fault = plan.fault("aio_suspend");
        return fault < 0 ? fault : real.aio_suspend(list, count, timeout);
    }
}
