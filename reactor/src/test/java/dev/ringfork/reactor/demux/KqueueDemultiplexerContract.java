// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.demux;

import static dev.ringfork.reactor.demux.Interest.HANGUP;
import static dev.ringfork.reactor.demux.Interest.READ;
import static dev.ringfork.reactor.demux.Interest.READ_CLOSED;
import static dev.ringfork.reactor.demux.Interest.WRITE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.SyscallException;
import dev.ringfork.bindings.Syscalls;
import dev.ringfork.reactor.testing.Calls;
import dev.ringfork.reactor.testing.Plumbing.Pair;
import dev.ringfork.reactor.testing.XnuKqueue;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What kqueue does under every trigger, over a model of xnu. */
abstract class KqueueDemultiplexerContract extends DemultiplexerContract {
    /** The calls that the demultiplexer makes; below them are the model's. */
    private Calls above = new Calls(Syscalls.get());

    private Syscalls mac = Syscalls.get();

    abstract Trigger trigger();

    @Override
    final Demultiplexer open(Syscalls syscalls) {
        mac = XnuKqueue.over(syscalls);
        above = new Calls(mac);
        return KqueueDemultiplexer.open(above.syscalls(), trigger());
    }

    /** A pipe's filters tell an end, not an error. */
    @Override
    final int brokenPipe() {
        return HANGUP;
    }

    @Test
    void shouldSayWhatItIs() {
        assertEquals("kqueue", demultiplexer.name());
        assertEquals(trigger(), demultiplexer.trigger());
    }

    @Test
    void shouldSayWhichCallFailedWhenItCannotOpen() {
        above.refuse("kqueue", Errno.EMFILE);

        SyscallException e =
                assertThrows(
                        SyscallException.class,
                        () -> KqueueDemultiplexer.open(above.syscalls(), trigger()));

        assertTrue(e.toString().contains("kqueue"), e.toString());
    }

    @Test
    void shouldReturnWhyADescriptorCannotBeAdded() {
        int fd = plumbing.pipe().near();
        plumbing.close(fd);

        assertEquals(-Errno.EBADF, demultiplexer.add(fd, READ, 1));
        assertEquals(-Errno.ENOENT, demultiplexer.remove(fd), "it is not registered");
    }

    @Test
    void shouldReturnWhatTheCallReturned() {
        Pair pipe = plumbing.pipe();
        above.refuse("kevent", Errno.EINTR, Errno.ENOMEM);

        assertEquals(-Errno.ENOMEM, demultiplexer.add(pipe.near(), READ, 1));

        assertEquals(0, demultiplexer.add(pipe.near(), READ, 1));
    }

    @Test
    void shouldRemoveWithoutACallOfItsOwn() {
        Pair pipe = watchedPipe(1);
        plumbing.write(pipe.far(), "x");
        int before = above.count("kevent");

        demultiplexer.remove(pipe.near());

        assertEquals(before, above.count("kevent"));
        assertEquals(Map.of(), poll());
    }

    @Test
    void shouldReportEventsAlthoughAQueuedChangeFails() {
        Pair closed = watchedPipe(1);
        Pair pipe = watchedPipe(2);
        demultiplexer.remove(closed.near());
        plumbing.close(closed.near());
        plumbing.write(pipe.far(), "x");

        assertEquals(Map.of(2L, READ), poll());
    }

    @Test
    void shouldMakeItsChangesAfterAnInterruption() {
        Pair pipe = watchedPipe(1);
        plumbing.write(pipe.far(), "x");
        demultiplexer.remove(pipe.near());
        above.refuse("kevent", Errno.EINTR);

        assertEquals(-Errno.EINTR, demultiplexer.poll(0));

        assertEquals(Map.of(), poll());
    }

    @Test
    void shouldReportNothingOfAForgottenDescriptorToItsSuccessor() {
        Pair pipe = watchedPipe(1);
        Pair other = plumbing.pipe();
        plumbing.write(other.far(), "x");
        demultiplexer.modify(pipe.near(), READ, 2);

        demultiplexer.forget(pipe.near());
        mac.descriptors().close(pipe.near());
        plumbing.duplicate(other.near(), pipe.near());

        assertEquals(Map.of(), poll());
        assertEquals(0, demultiplexer.add(pipe.near(), READ, 3));
        assertEquals(Map.of(3L, READ), poll());
    }

    @Test
    void shouldNotTakeItsOwnEndOfOutputForAHangUp() {
        Pair pair = plumbing.socketpair();
        demultiplexer.add(pair.near(), READ, 1);
        mac.sockets().shutdown(pair.near(), dev.ringfork.bindings.abi.SocketConstants.SHUT_WR);
        assertEquals(0, poll().getOrDefault(1L, 0) & (READ | READ_CLOSED | HANGUP));

        plumbing.write(pair.far(), "x");

        assertEquals(READ, poll().getOrDefault(1L, 0) & (READ | READ_CLOSED | HANGUP));
    }

    @Test
    void shouldReportAHangUpToWhoOnlyWrites() {
        Pair pair = plumbing.socketpair();
        demultiplexer.add(pair.near(), WRITE, 1);

        plumbing.close(pair.far());

        assertEquals(WRITE | HANGUP, poll().getOrDefault(1L, 0) & (WRITE | HANGUP));
    }

    @Test
    void shouldReportTheHangUpAfterAHalfClose() {
        Pair pair = plumbing.socketpair();
        demultiplexer.add(pair.near(), READ, 1);
        plumbing.shutdownOutput(pair.far());
        assertEquals(0, poll().getOrDefault(1L, 0) & HANGUP);

        plumbing.close(pair.far());
        demultiplexer.modify(pair.near(), READ, 1);

        assertEquals(HANGUP, poll().getOrDefault(1L, 0) & HANGUP);
    }

    @Test
    void shouldQueueMoreChangesThanOneCallTakes() {
        Pair pipe = watchedPipe(1);
        plumbing.write(pipe.far(), "x");
        for (int i = 0; i < 1000; i++) {
            demultiplexer.modify(pipe.near(), READ, i);
            demultiplexer.modify(pipe.near(), 0, i);
        }
        demultiplexer.modify(pipe.near(), READ, 7);

        assertEquals(Map.of(7L, READ), poll());
    }
}
