// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.signals;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ringfork.bindings.Platform;
import dev.ringfork.bindings.Syscalls;

/** Whether what these tests are about exists here. */
public final class QueuedSignals {

    private QueuedSignals() {}

    /** Skips with the reason where there is no libringfork, or no real-time signal. */
    public static void assume() {
        String absence = Syscalls.get().absence("rf_siginfo_watch");
        assumeTrue(absence == null, absence);
        assumeTrue(Platform.current().linux(), "macOS does not queue signals");
    }
}
