// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.server;

/** Every arrangement of loops. */
enum LoopsUnderTest {
    /** A reactor. */
    ONE,
    /** Two that watch one listener. */
    SHARED,
    /** Two that have a listener each. */
    REUSEPORT,
    /** One that accepts and one that serves. */
    ACCEPTOR;

    ServerBuilder arrange(ServerBuilder builder) {
        return this == ONE
                ? builder
                : builder.architecture(Architecture.MULTI_REACTOR)
                        .loops(2)
                        .loopAccept(LoopAccept.valueOf(name()));
    }

    /** Whether all connections are of one loop. */
    boolean oneServes() {
        return this == ONE || this == ACCEPTOR;
    }

    /** Whether a connection can reach one loop only. */
    boolean oneAccepts() {
        return this != SHARED;
    }

    /** Whether there may be a listener with a name in the file system. */
    boolean hasPaths() {
        return this != REUSEPORT;
    }
}
