// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.demux;

import static dev.ringfork.bindings.Errno.EBADF;
import static dev.ringfork.bindings.Errno.EINVAL;
import static dev.ringfork.bindings.Errno.ENOMEM;
import static dev.ringfork.bindings.abi.PollConstants.FD_SETSIZE;
import static dev.ringfork.reactor.demux.Interest.ERROR;
import static dev.ringfork.reactor.demux.Interest.READ;
import static dev.ringfork.reactor.demux.Interest.WRITE;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ringfork.bindings.Syscalls;
import dev.ringfork.reactor.testing.Plumbing.Pair;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SelectDemultiplexerTest extends DemultiplexerContract implements LevelTriggered {
    @Override
    Demultiplexer open(Syscalls syscalls) {
        return new SelectDemultiplexer(syscalls);
    }

    @Override
    public DemultiplexerContract contract() {
        return this;
    }

    @Override
    boolean reportsReadClosed() {
        return false;
    }

    @Override
    boolean reportsHangUps() {
        return false;
    }

    @Test
    void shouldSayWhatItIs() {
        assertEquals("select", demultiplexer.name());
        assertEquals(Trigger.LEVEL, demultiplexer.trigger());
    }

    @ParameterizedTest
    @ValueSource(ints = {64, 960, 1023})
    void shouldWatchDescriptorsAtTheEndsOfItsWords(int atLeast) {
        Pair pipe = plumbing.pipe();
        int fd = plumbing.duplicate(pipe.near(), atLeast);
        assertEquals(0, demultiplexer.add(fd, READ, 1));
        assertEquals(Map.of(), poll());

        plumbing.write(pipe.far(), "x");

        assertEquals(Map.of(1L, READ), poll());
    }

    @Test
    void shouldRefuseADescriptorThatNoSetHolds() {
        int fd = plumbing.duplicate(plumbing.pipe().near(), FD_SETSIZE);

        assertEquals(-EINVAL, demultiplexer.add(fd, READ, 1));

        assertEquals(0, demultiplexer.poll(0));
    }

    @Test
    void shouldSayWhyItRefusesAndWhatHelps() {
        assertEquals(
                "select cannot watch descriptor 1030: FD_SETSIZE is 1024; choose --engine poll or epoll",
                demultiplexer.refusal(1030, -EINVAL));
        assertEquals(
                "select cannot watch descriptor 7: ENOMEM (out of memory)",
                demultiplexer.refusal(7, -ENOMEM));
    }

    @Test
    void shouldLetTheKernelLookNoFurtherThanNeeded() {
        Pair pipe = plumbing.pipe();
        int low = pipe.near();
        int high = plumbing.duplicate(low, 1000);
        demultiplexer.add(low, READ, 1);
        demultiplexer.add(high, READ | WRITE, 2);
        assertEquals(high + 1, nfds());

        demultiplexer.modify(high, WRITE, 2);
        assertEquals(high + 1, nfds());
        demultiplexer.modify(high, 0, 2);
        assertEquals(low + 1, nfds());

        demultiplexer.modify(high, READ, 2);
        assertEquals(high + 1, nfds());
        demultiplexer.remove(high);
        assertEquals(low + 1, nfds());

        demultiplexer.remove(low);
        assertEquals(0, nfds());
    }

    private int nfds() {
        demultiplexer.poll(0);
        return calls.firstArgument("select");
    }

    @Test
    void shouldReportADescriptorThatWasClosedWithoutRemovalOnceAndServeTheOthers() {
        Pair stale = watchedPipe(1);
        Pair sound = watchedPipe(2);
        plumbing.write(sound.far(), "x");

        plumbing.close(stale.near());

        assertEquals(Map.of(1L, READ | WRITE | ERROR), poll());
        assertEquals(Map.of(2L, READ), poll());
        assertEquals(0, demultiplexer.remove(stale.near()));
        assertEquals(Map.of(2L, READ), poll());
    }

    @Test
    void shouldReportEveryDescriptorThatWasClosedWithoutRemoval() {
        Pair first = plumbing.pipe();
        int second = plumbing.duplicate(first.near(), 500);
        demultiplexer.add(first.far(), WRITE, 1);
        demultiplexer.add(second, READ, 2);

        plumbing.close(first.far());
        plumbing.close(second);

        int error = READ | WRITE | ERROR;
        assertEquals(Map.of(1L, error, 2L, error), poll());
        assertEquals(Map.of(), poll());
    }

    @Test
    void shouldWatchANumberAgainThatWasStale() {
        Pair pipe = watchedPipe(1);
        plumbing.write(pipe.far(), "x");
        int again = plumbing.duplicate(pipe.near(), 0);
        demultiplexer.add(again, READ, 2);
        plumbing.close(again);
        poll();

        assertEquals(again, plumbing.duplicate(pipe.near(), again));
        demultiplexer.modify(again, READ, 3);

        assertEquals(Map.of(1L, READ, 3L, READ), poll());
    }

    @Test
    void shouldReturnTheErrorWhenNoDescriptorIsToBlame() {
        watchedPipe(1);
        calls.refuse("select", EBADF);

        assertEquals(-EBADF, demultiplexer.poll(0));
    }
}
