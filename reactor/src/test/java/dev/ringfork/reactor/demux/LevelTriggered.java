// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.demux;

import static dev.ringfork.reactor.demux.Interest.READ;
import static dev.ringfork.reactor.demux.Interest.WRITE;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ringfork.reactor.testing.Plumbing.Pair;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a demultiplexer that reports levels does, whichever it is. */
interface LevelTriggered {

    /** The suite that has it open. */
    DemultiplexerContract contract();

    @Test
    default void shouldReportALevelAtEveryPoll() {
        Pair pipe = contract().watchedPipe(1);
        contract().plumbing.write(pipe.far(), "x");

        assertEquals(Map.of(1L, READ), contract().poll());
        assertEquals(Map.of(1L, READ), contract().poll());

        contract().plumbing.read(pipe.near(), 1);
        assertEquals(Map.of(), contract().poll());
    }

    @Test
    default void shouldReportOnlyWhatIsAskedFor() {
        Pair pair = contract().plumbing.socketpair();
        contract().plumbing.write(pair.far(), "x");
        contract().demultiplexer.add(pair.near(), WRITE, 1);
        assertEquals(Map.of(1L, WRITE), contract().poll());

        contract().demultiplexer.modify(pair.near(), 0, 1);
        assertEquals(Map.of(), contract().poll());

        contract().demultiplexer.modify(pair.near(), READ, 1);
        assertEquals(Map.of(1L, READ), contract().poll());
    }

    @Test
    default void shouldNotReportTheEndOfInputToWhoDoesNotRead() {
        Pair pair = contract().plumbing.socketpair();
        contract().demultiplexer.add(pair.near(), 0, 1);

        contract().plumbing.shutdownOutput(pair.far());

        assertEquals(Map.of(), contract().poll());
    }
}
