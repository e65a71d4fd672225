// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings.faults;

import dev.ringfork.bindings.Polling;

/** select and poll, which fail at times. */
final class FaultyPolling implements Polling {

    private final Polling real;
    private final FaultPlan plan;

    FaultyPolling(Polling real, FaultPlan plan) {
        this.real = real;
        this.plan = plan;
    }

    @Override
    public int poll(long fds, int count, int timeoutMs) {
        int fault = plan.fault("poll");
        return fault < 0 ? fault : real.poll(fds, count, timeoutMs);
    }

    @Override
    public int select(int nfds, long read, long write, long except, long timeoutUs) {
        int fault = plan.fault("select");
        return fault < 0 ? fault : real.select(nfds, read, write, except, timeoutUs);
    }
}
