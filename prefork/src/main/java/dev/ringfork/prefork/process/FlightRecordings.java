// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.process;

import jdk.jfr.FlightRecorder;
import jdk.jfr.RecordingState;

/** Whether the virtual machine is being recorded. */
final class FlightRecordings {
    private FlightRecordings() {}

    /** Nobody records where the module jdk.jfr is not even there. */
    static boolean running() {
        return ModuleLayer.boot().findModule("jdk.jfr").isPresent() && Recorder.records();
    }

    /** Loaded only where there is one. */
    private static final class Recorder {
        static boolean records() {
            return FlightRecorder.isInitialized()
                    && FlightRecorder.getFlightRecorder().getRecordings().stream()
                            .anyMatch(recording -> recording.getState() == RecordingState.RUNNING);
        }
    }
}
