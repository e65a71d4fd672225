// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.selftest;

/**
 * One thing that has to hold on this system. Immutable.
 *
 * @param name the family and what is tried, {@code sockets: TCP over IPv4}
 * @param body tries it; returns if it holds
 */
record Check(String name, Body body) {

    /** What a check does. */
    interface Body {

        /**
         * Tries it, within seconds, and leaves to the bench what is to be closed.
         *
         * @throws Mismatch if it does not hold
         * @throws Unavailable if this system cannot have it
         */
        void run(Bench bench) throws Exception;
    }
}
