// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings.faults;

import dev.ringfork.bindings.Kqueue;

/** kqueue, which fails at times. */
final class FaultyKqueue implements Kqueue {

    private final Kqueue real;
    private final FaultPlan plan;

    FaultyKqueue(Kqueue real, FaultPlan plan) {
        this.real = real;
        this.plan = plan;
    }

    @Override
    public int kqueue() {
        int fault = plan.fault("kqueue");
        return fault < 0 ? fault : real.kqueue();
    }

    @Override
    public int kevent(
            int kq, long changes, int changeCount, long events, int eventCount, long timeoutNs) {
        int fault = plan.fault("kevent");
        return fault < 0
                ? fault
                : real.kevent(kq, changes, changeCount, events, eventCount, timeoutNs);
    }
}
