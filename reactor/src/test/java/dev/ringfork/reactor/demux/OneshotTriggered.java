// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.demux;

import static dev.ringfork.reactor.demux.Interest.EXCLUSIVE;
import static dev.ringfork.reactor.demux.Interest.READ;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ringfork.reactor.testing.Plumbing.Pair;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a demultiplexer that reports once does, whichever it is. */
interface OneshotTriggered {

    /** The suite that has it open. */
    DemultiplexerContract contract();

    @Test
    default void shouldReportOnceUntilArmedAgain() {
        Pair pipe = contract().watchedPipe(1);
        contract().plumbing.write(pipe.far(), "x");
        assertEquals(Map.of(1L, READ), contract().poll());

        contract().plumbing.write(pipe.far(), "y");
        assertEquals(Map.of(), contract().poll());

        contract().demultiplexer.modify(pipe.near(), READ, 2);
        assertEquals(Map.of(2L, READ), contract().poll());
    }

    @Test
    default void shouldReportNothingElseOnceItHasReported() {
        Pair pair = contract().plumbing.socketpair();
        contract().demultiplexer.add(pair.near(), READ, 1);
        contract().plumbing.write(pair.far(), "x");
        contract().poll();

        contract().plumbing.close(pair.far());

        assertEquals(Map.of(), contract().poll());
    }

    @Test
    default void shouldReportAsALevelWhatItWatchesExclusively() {
        Pair pipe = contract().plumbing.pipe();
        contract().demultiplexer.add(pipe.near(), READ | EXCLUSIVE, 1);
        contract().plumbing.write(pipe.far(), "x");

        assertEquals(Map.of(1L, READ), contract().poll());
        assertEquals(Map.of(1L, READ), contract().poll());
    }
}
