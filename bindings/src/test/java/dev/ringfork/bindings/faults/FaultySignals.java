// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings.faults;

import dev.ringfork.bindings.Signals;

/** Signals, whose watching fails at times. */
final class FaultySignals implements Signals {

    private final Signals real;
    private final FaultPlan plan;

    FaultySignals(Signals real, FaultPlan plan) {
        this.real = real;
        this.plan = plan;
    }

    @Override
    public int rf_siginfo_watch(int signo, int fd) {
        int fault = plan.fault("rf_siginfo_watch");
        return fault < 0 ? fault : real.rf_siginfo_watch(signo, fd);
    }

    @Override
    public int rf_siginfo_crowded(int signo) {
        int fault = plan.fault("rf_siginfo_crowded");
        return fault < 0 ? fault : real.rf_siginfo_crowded(signo);
    }

    @Override
    public int rf_signal_watch(int signo, int fd) {
        int fault = plan.fault("rf_signal_watch");
        return fault < 0 ? fault : real.rf_signal_watch(signo, fd);
    }

    @Override
    public int rf_signal_default(int signo) {
        int fault = plan.fault("rf_signal_default");
        return fault < 0 ? fault : real.rf_signal_default(signo);
    }

    @Override
    public int rf_signal_ignore(int signo) {
        int fault = plan.fault("rf_signal_ignore");
        return fault < 0 ? fault : real.rf_signal_ignore(signo);
    }
}
