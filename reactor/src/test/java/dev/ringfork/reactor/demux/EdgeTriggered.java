// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.demux;

import static dev.ringfork.reactor.demux.Interest.READ;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ringfork.reactor.testing.Plumbing.Pair;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a demultiplexer that reports edges does, whichever it is. */
interface EdgeTriggered {

    /** The suite that has it open. */
    DemultiplexerContract contract();

    @Test
    default void shouldReportAnEdgeOnce() {
        Pair pipe = contract().watchedPipe(1);
        contract().plumbing.write(pipe.far(), "x");

        assertEquals(Map.of(1L, READ), contract().poll());
        assertEquals(Map.of(), contract().poll());
    }

    @Test
    default void shouldReportAgainWhenMoreArrives() {
        Pair pipe = contract().watchedPipe(1);
        contract().plumbing.write(pipe.far(), "x");
        contract().poll();

        contract().plumbing.write(pipe.far(), "y");

        assertEquals(Map.of(1L, READ), contract().poll());
    }
}
