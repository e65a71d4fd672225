// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.server;

/** What an operator wants to know of an exception, in one line. */
final class Failures {
    private Failures() {}

    /** The exception and the place it was thrown at. */
    static String describe(Throwable thrown) {
        StackTraceElement[] trace = thrown.getStackTrace();
        return thrown + (trace.length == 0 ? "" : " at " + trace[0]);
    }
}
