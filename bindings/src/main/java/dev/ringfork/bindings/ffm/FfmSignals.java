// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings.ffm;

import dev.ringfork.bindings.Signals;

/** The signal handlers of libringfork. */
final class FfmSignals implements Signals {

    static final FfmSignals INSTANCE = new FfmSignals();

    private static final Call WATCH = RingforkLibrary.link("rf_siginfo_watch");
    private static final Call CROWDED = RingforkLibrary.link("rf_siginfo_crowded");
    private static final Call WATCH_BYTES = RingforkLibrary.link("rf_signal_watch");
    private static final Call DEFAULT = RingforkLibrary.link("rf_signal_default");
    private static final Call IGNORE = RingforkLibrary.link("rf_signal_ignore");

    private FfmSignals() {}

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
