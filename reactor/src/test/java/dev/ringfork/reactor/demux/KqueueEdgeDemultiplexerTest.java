// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.demux;

import static dev.ringfork.reactor.demux.Interest.READ;
import static dev.ringfork.reactor.demux.Interest.WRITE;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ringfork.reactor.testing.Plumbing.Pair;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class KqueueEdgeDemultiplexerTest extends KqueueDemultiplexerContract
        implements EdgeTriggered {

    @Override
    Trigger trigger() {
        return Trigger.EDGE;
    }

    @Override
    public DemultiplexerContract contract() {
        return this;
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
