// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.server;

/**
 * How a server arranges its work inside one process. A protocol runs unchanged under each; how many
 * connections wait for a handler that blocks is what differs.
 */
public enum Architecture {
    /**
     * One thread, one connection at a time; the next one waits in the kernel's backlog until this
     * one has closed. A handler may block, since nobody else is served meanwhile.
     *
     * <p>When to use it: many processes side by side behind a proxy that buffers, each isolated and
     * simple; code that is not safe for threads; debugging. What it costs: one slow or idle client
     * holds the process, so set deadlines and close what is idle.
     */
    SERIAL,

    /**
     * A platform thread for each open connection, up to {@link ServerBuilder#maxThreads}; further
     * ones wait in the backlog. A handler may block: it holds up its own connection only.
     *
     * <p>When to use it: handlers that call blocking libraries, and hundreds of connections rather
     * than thousands. What it costs: a thread's stack, its switches and one descriptor for wake-ups
     * per connection; what connections share has to be safe for threads, and one reaches another by
     * {@link dev.ringfork.reactor.protocol.Connection#execute} only. A thread whose connection has
     * closed serves the next, or ends when none comes within a second.
     */
    THREAD_PER_CONNECTION,

    /**
     * One thread, one loop: accepts, reads, runs the protocol and writes; nothing may block.
     *
     * <p>When to use it: handlers that never block, and one core is enough. It is the cheapest way
     * to hold many connections: nothing is shared, nothing is locked. What it costs: one handler
     * that blocks stops every connection.
     */
    REACTOR,

    /**
     * Several such loops, each on a thread of its own; a connection stays with one of them.
     *
     * <p>When to use it: handlers that never block, and one core is not enough. What it costs:
     * memory for each loop, and a protocol that several threads use. A handler that blocks stops
     * the connections of its loop, and no others.
     */
    MULTI_REACTOR
}
