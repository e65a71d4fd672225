// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.server;

import dev.ringfork.reactor.testing.EngineUnderTest;

/** Every arrangement of loops. */
enum LoopsUnderTest {
    /** A reactor. */
    ONE,
    /** Two that watch one listener. */
    SHARED,
    /** Two that have a listener each. */
    REUSEPORT,
    /** One that accepts and one that serves. */
    ACCEPTOR,
    /** One, for one connection at a time. */
    SERIAL,
    /** One that accepts and one for each connection. */
    THREADS,
    /** One that accepts, and some of which each serves one connection at a time. */
    THREAD_POOL,
    /** One that accepts and one for each connection, on a virtual thread. */
    VIRTUAL,
    /** One that accepts and one for each connection, turned by a pool. */
    POOL,
    /** One that accepts and one for each connection, turned by whoever leads. */
    FOLLOWERS,
    /** One, and threads of which any runs a session. */
    PROACTOR,
    /** One, and threads to which sessions belong. */
    SYNC,
    /** One, and threads that get whole messages. */
    BUFFERED;

    ServerBuilder arrange(ServerBuilder builder) {
        return switch (this) {
            case ONE -> builder;
            case SERIAL -> builder.architecture(Architecture.SERIAL);
            case THREADS -> builder.architecture(Architecture.THREAD_PER_CONNECTION);
            case THREAD_POOL -> builder.architecture(Architecture.THREAD_POOL).maxThreads(256);
            case VIRTUAL -> builder.architecture(Architecture.VIRTUAL_THREADS);
            case POOL -> builder.architecture(Architecture.REACTOR_POOL);
            case FOLLOWERS -> builder.architecture(Architecture.LEADER_FOLLOWERS);
            case PROACTOR -> builder.architecture(Architecture.SIMULATED_PROACTOR).maxThreads(4);
            case SYNC -> builder.architecture(Architecture.HALF_SYNC_HALF_ASYNC).maxThreads(4);
            case BUFFERED -> builder.architecture(Architecture.BUFFERED_POOL).maxThreads(4);
            case SHARED, REUSEPORT, ACCEPTOR ->
                    builder.architecture(Architecture.MULTI_REACTOR)
                            .loops(2)
                            .loopAccept(LoopAccept.valueOf(name()));
        };
    }

    /** As the command line would say it. */
    String architecture() {
        return switch (this) {
            case ONE -> "reactor";
            case SERIAL -> "serial";
            case THREADS -> "thread-per-connection";
            case THREAD_POOL -> "thread-pool";
            case VIRTUAL -> "virtual-threads";
            case POOL -> "reactor-pool";
            case FOLLOWERS -> "leader-followers";
            case PROACTOR -> "simulated-proactor";
            case SYNC -> "half-sync-half-async";
            case BUFFERED -> "buffered-pool";
            case SHARED, REUSEPORT, ACCEPTOR -> "multi-reactor, " + Names.of(this);
        };
    }

    /** What it waits with unless told, on Linux. */
    EngineUnderTest usualEngine() {
        return switch (this) {
            case SERIAL, THREADS, THREAD_POOL -> EngineUnderTest.POLL;
            case VIRTUAL, POOL, FOLLOWERS -> EngineUnderTest.EPOLL_EDGE;
            default -> EngineUnderTest.EPOLL_LEVEL;
        };
    }

    /** Whether all connections are of one loop. */
    boolean oneServes() {
        return this == ONE || this == ACCEPTOR || this == SERIAL;
    }

    /** Whether idle connections are told apart by how long, whatever loops they are of. */
    boolean ordersIdle() {
        return this != SHARED && this != REUSEPORT;
    }

    /** Whether what all connections hold is of one pool of buffers. */
    boolean shareBuffers() {
        return oneServes() || this == PROACTOR || this == SYNC || this == BUFFERED;
    }

    /** Whether a connection can reach one loop only. */
    boolean oneAccepts() {
        return this != SHARED;
    }

    /** Whether a connection is served while another one is open. */
    boolean manyAreServed() {
        return this != SERIAL;
    }

    /** Whether there may be a listener with a name in the file system. */
    boolean hasPaths() {
        return this != REUSEPORT;
    }

    /** Whether it can be reached over a transport. */
    boolean listensOn(TransportUnderTest transport) {
        return transport != TransportUnderTest.UNIX || hasPaths();
    }
}
