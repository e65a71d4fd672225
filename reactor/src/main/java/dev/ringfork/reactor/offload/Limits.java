// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.offload;

/**
 * The bounds of every connection, and of all together.
 *
 * @param highWaterBytes unsent bytes at which a connection is congested
 * @param lowWaterBytes unsent bytes at which it no longer is
 * @param maxQueuedBytes unsent bytes that a write may not exceed
 * @param sessions sessions that were accepted; one counts until it and all that it has opened have
 *     ended, and it may outlive its connection while it blocks
 */
public record Limits(long highWaterBytes, long lowWaterBytes, long maxQueuedBytes, int sessions) {

    /** Buffers of input that wait for one session; then the loop stops reading for it. */
    static final int INPUTS_MAX = 4;

    /** Tasks that wait for one session. */
    static final int TASKS_MAX = 1_024;

    /** Parts of files that wait on one connection: each holds a descriptor. */
    static final int FILES_MAX = 16;

    /** Calls of one strand in a row; then others that wait for the thread have their turn. */
    static final int CALLS_MAX = 16;
}
