// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor;

/**
 * Makes a poll that waits return.
 *
 * <p>{@link #signal} is safe for use by many threads; the rest is the loop's.
 */
interface Wakeup extends AutoCloseable {

    /** Lets the poll in progress, or the next one, return at once. */
    void signal();

    /** Forgets what was signalled so far. */
    void clear();

    @Override
    void close();
}
