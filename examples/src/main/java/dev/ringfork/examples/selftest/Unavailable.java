// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.selftest;

import org.jspecify.annotations.Nullable;

/** A check makes no sense on this system; the message says why. */
final class Unavailable extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Unavailable(String reason) {
        super(reason);
    }

    /**
     * Ends a check if there is a reason to.
     *
     * @param reason why something is not there, or null if it is
     */
    static void because(@Nullable String reason) {
        if (reason != null) {
            throw new Unavailable(reason);
        }
    }
}
