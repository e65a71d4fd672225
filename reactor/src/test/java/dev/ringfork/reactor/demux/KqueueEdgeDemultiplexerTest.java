// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.demux;

import static dev.ringfork.reactor.demux.Interest.READ;
import static dev.ringfork.reactor.demux.Interest.WRITE;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ringfork.reactor.testing.Plumbing.Pair;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class KqueueEdgeDemultiplexerTest extends KqueueDemultiplexerContract {

    @Override
    Trigger trigger() {
        return Trigger.EDGE;
    }

    @Test
    void shouldReportAnEdgeOnce() {
        Pair pipe = watchedPipe(1);
        plumbing.write(pipe.far(), "x");

        assertEquals(Map.of(1L, READ), poll());
        assertEquals(Map.of(), poll());
    }

    @Test
    void shouldReportAgainWhenMoreArrives() {
        Pair pipe = watchedPipe(1);
        plumbing.write(pipe.far(), "x");
        poll();

        plumbing.write(pipe.far(), "y");

        assertEquals(Map.of(1L, READ), poll());
    }

    @Test
    void shouldReportAllEdgesWhateverIsAskedFor() {
        Pair pair = plumbing.socketpair();
        demultiplexer.add(pair.near(), 0, 1);
        assertEquals(Map.of(1L, WRITE), poll());

        plumbing.write(pair.far(), "x");

        assertEquals(Map.of(1L, READ), poll());
    }
}
