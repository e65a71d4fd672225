// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.demux;

/** When a demultiplexer reports a descriptor that is ready. */
public enum Trigger {
    /** At every poll, as long as it is ready. */
    LEVEL,
    /** Once for each change to ready: who is told must go on until the call would block. */
    EDGE,
    /** Once, then not until the registration is modified. */
    ONESHOT
}
