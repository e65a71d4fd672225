// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings.faults;

import dev.ringfork.bindings.Forks;

/** Copies of a process, which cannot be had at times. */
final class FaultyForks implements Forks {

    private final Forks real;
    private final FaultPlan plan;

    FaultyForks(Forks real, FaultPlan plan) {
        this.real = real;
        this.plan = plan;
    }

    @Override
    public int rf_fork_init(int signo) {
        int fault = plan.fault("rf_fork_init");
        return fault < 0 ? fault : real.rf_fork_init(signo);
    }

    @Override
    public int rf_fork_check(long findings) {
        int fault = plan.fault("rf_fork_check");
        return fault < 0 ? fault : real.rf_fork_check(findings);
    }

    @Override
    public int rf_fork(long options, long result) {
        int fault = plan.fault("rf_fork");
        return fault < 0 ? fault : real.rf_fork(options, result);
    }
}
