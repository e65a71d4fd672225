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
     * A bounded number of platform threads, each with one connection until that closes; who finds
     * no thread waits in a bounded queue, and then in the backlog. Threads come when there is work
     * for them and go when there is none, between {@link ServerBuilder#minThreads} and {@link
     * ServerBuilder#maxThreads}.
     *
     * <p>When to use it: handlers that block, clients that are quick and do not stay, as a proxy in
     * front is. What it costs: an idle or slow client holds a thread; as many of them as there are
     * threads hold the server, until its deadlines close them.
     */
    THREAD_POOL,

    /**
     * A virtual thread for each open connection, parked while its connection has nothing to do; one
     * platform thread waits for all. A handler may block in whatever parks virtual threads.
     *
     * <p>When to use it: handlers that block, and thousands of connections. What it costs: a small
     * loop for each connection, two switches for each event, and what connections share has to be
     * safe for threads. A handler that computes for long, or blocks in a native call, holds a
     * carrier: as many as there are processors hold everybody.
     */
    VIRTUAL_THREADS,

    /**
     * One thread, one loop: accepts, reads, runs the protocol and writes; nothing may block.
     *
     * <p>When to use it: handlers that never block, and one core is enough. It is the cheapest way
     * to hold many connections: nothing is shared, nothing is locked. What it costs: one handler
     * that blocks stops every connection.
     */
    REACTOR,

    /**
     * One thread, one loop, as a {@link #REACTOR}, but it waits for operations that the kernel has
     * completed instead of descriptors that are ready: bytes are there when the loop hears of them.
     *
     * <p>When to use it: as a {@link #REACTOR}, on a Linux with io_uring(7), where most of a turn's
     * calls become one. What it costs: buffers that the kernel keeps in advance, and the engine
     * {@link Engine#IO_URING}; without it {@link Engine#AUTO} makes a {@link #REACTOR}.
     */
    PROACTOR,

    /**
     * Several reactors or proactors, each on a thread of its own; a connection stays with one of
     * them.
     *
     * <p>When to use it: handlers that never block, and one core is not enough. What it costs:
     * memory for each loop, and a protocol that several threads use. A handler that blocks stops
     * the connections of its loop, and no others.
     */
    MULTI_REACTOR,

    /**
     * Half-sync/half-reactive: one thread waits for what is ready and queues it; a pool of threads
     * reads, runs the protocol and writes. A connection has one thread at a time, and none while it
     * has nothing to do. A handler may block.
     *
     * <p>When to use it: handlers that block now and then, and many connections. What it costs: a
     * switch for each event, and what connections share has to be safe for threads. When all
     * threads are in handlers that block, what is ready waits.
     */
    REACTOR_POOL,

    /**
     * Threads of which one, the leader, waits for what is ready; before it reads, runs the protocol
     * and writes, it lets another one lead. A handler may block.
     *
     * <p>When to use it: as the one before, where a switch for each event costs too much: an event
     * stays with the thread that met it. What it costs: a lock that the leaders hand on, and what
     * connections share has to be safe for threads. The number of threads is fixed; when all are in
     * handlers that block, nobody leads.
     */
    LEADER_FOLLOWERS,

    /**
     * One loop does all I/O; any thread of a pool runs what is next for any connection. A handler
     * may block: as long as a thread is free, everybody else is served. A proactor in the way it
     * deals with completions, simulated on readiness.
     *
     * <p>When to use it: handlers that block now and then, and more connections than there could be
     * threads. What it costs: two changes of thread for each piece of input, and a protocol that
     * many threads use, though one session is never in two at once, nor are two of which one has
     * opened the other's connection. {@link ServerBuilder#maxThreads} handlers that block at the
     * same time stop all others.
     */
    SIMULATED_PROACTOR,

    /**
     * One loop does all I/O; each connection belongs to one thread for its life, as do those that
     * its session opens; the thread takes what there is to do for its connections off its own queue
     * and waits when there is nothing.
     *
     * <p>When to use it: handlers that block, and libraries that keep something for each thread,
     * such as a connection to a database. What it costs: as a {@link #SIMULATED_PROACTOR}; and with
     * more connections than {@link ServerBuilder#maxThreads}, one that blocks holds up those which
     * share its thread, even when another thread is idle.
     */
    HALF_SYNC_HALF_ASYNC,

    /**
     * One loop does all I/O and keeps what arrives until a message is whole; then any thread of a
     * pool gets it. So a slow client costs a buffer, never a thread: a few threads serve many.
     *
     * <p>When to use it: requests and responses whose handlers block, and clients on slow networks
     * without a proxy that buffers in front. The protocol says what is whole, by {@link
     * dev.ringfork.reactor.protocol.WholeMessages}; to one that does not, every read is a message.
     * What it costs: as a {@link #SIMULATED_PROACTOR}, and a buffer for each message on its way. A
     * message larger than a buffer is given in pieces, and so is whatever its connection brings
     * afterwards.
     */
    BUFFERED_POOL
}
