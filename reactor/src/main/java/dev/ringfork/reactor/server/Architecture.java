// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.server;

/** How a server arranges its work inside one process. */
public enum Architecture {
    /** One thread, one loop: accepts, reads, runs the protocol and writes; nothing may block. */
    REACTOR,
    /** Several such loops, each on a thread of its own; a connection stays with one of them. */
    MULTI_REACTOR
}
