// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.server;

/**
 * Who takes what an acceptor has accepted.
 *
 * <p>Confined to the accepting loop's thread.
 */
interface Intake {
    /** Whether one more would be served at once; the acceptor rests until it would. */
    default boolean free() {
        return true;
    }

    /** Whether it is not always free, so that connections are accepted one by one. */
    default boolean bounded() {
        return false;
    }

    /** Takes over an accepted descriptor, which holds a place of the {@link ConnectionLimit}. */
    void take(int fd);
}
