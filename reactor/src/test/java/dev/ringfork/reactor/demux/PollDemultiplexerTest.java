// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.demux;

import static dev.ringfork.reactor.demux.Interest.ERROR;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ringfork.bindings.Syscalls;
import dev.ringfork.reactor.testing.Plumbing.Pair;
import org.junit.jupiter.api.Test;

final class PollDemultiplexerTest extends DemultiplexerContract implements LevelTriggered {

    @Override
    Demultiplexer open(Syscalls syscalls) {
        return new PollDemultiplexer(syscalls);
    }

    @Override
    public DemultiplexerContract contract() {
        return this;
    }

    @Override
    boolean reportsReadClosed() {
        return false;
    }

    @Test
    void shouldSayWhatItIs() {
        assertEquals("poll", demultiplexer.name());
        assertEquals(Trigger.LEVEL, demultiplexer.trigger());
    }

    @Test
    void shouldReportADescriptorThatWasClosedWithoutRemoval() {
        Pair pipe = watchedPipe(1);

        plumbing.close(pipe.near());

        assertEquals(ERROR, poll().getOrDefault(1L, 0) & ERROR);
    }
}
