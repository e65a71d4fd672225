// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.demux;

import static dev.ringfork.reactor.demux.Interest.EXCLUSIVE;
import static dev.ringfork.reactor.demux.Interest.READ;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ringfork.reactor.testing.Plumbing.Pair;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class KqueueOneshotDemultiplexerTest extends KqueueDemultiplexerContract {

    @Override
    Trigger trigger() {
        return Trigger.ONESHOT;
    }

    @Test
    void shouldReportOnceUntilArmedAgain() {
        Pair pipe = watchedPipe(1);
        plumbing.write(pipe.far(), "x");
        assertEquals(Map.of(1L, READ), poll());

        plumbing.write(pipe.far(), "y");
        assertEquals(Map.of(), poll());

        demultiplexer.modify(pipe.near(), READ, 2);
        assertEquals(Map.of(2L, READ), poll());
    }

    @Test
    void shouldReportNothingElseOnceItHasReported() {
        Pair pair = plumbing.socketpair();
        demultiplexer.add(pair.near(), READ, 1);
        plumbing.write(pair.far(), "x");
        poll();

        plumbing.close(pair.far());

        assertEquals(Map.of(), poll());
    }

    @Test
    void shouldReportAsALevelWhatItWatchesExclusively() {
        Pair pipe = plumbing.pipe();
        demultiplexer.add(pipe.near(), READ | EXCLUSIVE, 1);
        plumbing.write(pipe.far(), "x");

        assertEquals(Map.of(1L, READ), poll());
        assertEquals(Map.of(1L, READ), poll());
    }
}
