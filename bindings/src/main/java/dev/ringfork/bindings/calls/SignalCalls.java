// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings.calls;

import dev.ringfork.bindings.Signals;

/** The signal handlers of libringfork. */
final class SignalCalls implements Signals {

    static final SignalCalls INSTANCE = new SignalCalls();

    private static final Call WATCH = link("rf_siginfo_watch");
    private static final Call CROWDED = link("rf_siginfo_crowded");
    private static final Call WATCH_BYTES = link("rf_signal_watch");
    private static final Call DEFAULT = link("rf_signal_default");
    private static final Call IGNORE = link("rf_signal_ignore");

    private SignalCalls() {}

    private static Call link(String function) {
        return Linkage.current().library().link(function);
    }

    @Override
    public int rf_siginfo_watch(int signo, int fd) {
        return (int) WATCH.call(signo, fd);
    }

    @Override
    public int rf_siginfo_crowded(int signo) {
        return (int) CROWDED.call(signo);
    }

    @Override
    public int rf_signal_watch(int signo, int fd) {
        return (int) WATCH_BYTES.call(signo, fd);
    }

    @Override
    public int rf_signal_default(int signo) {
        return (int) DEFAULT.call(signo);
    }

    @Override
    public int rf_signal_ignore(int signo) {
        return (int) IGNORE.call(signo);
    }
}
