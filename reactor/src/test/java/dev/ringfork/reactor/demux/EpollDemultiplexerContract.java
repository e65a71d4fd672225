// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.demux;

import static dev.ringfork.bindings.Errno.EINVAL;
import static dev.ringfork.bindings.Errno.EPERM;
import static dev.ringfork.reactor.demux.Interest.EXCLUSIVE;
import static dev.ringfork.reactor.demux.Interest.READ;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.SyscallException;
import dev.ringfork.bindings.Syscalls;
import dev.ringfork.reactor.testing.Plumbing.Pair;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What epoll does under every trigger. */
abstract class EpollDemultiplexerContract extends DemultiplexerContract {

    abstract Trigger trigger();

    @Override
    final Demultiplexer open(Syscalls syscalls) {
        return EpollDemultiplexer.open(syscalls, trigger());
    }

    @Test
    void shouldSayWhatItIs() {
        assertEquals("epoll", demultiplexer.name());
        assertEquals(trigger(), demultiplexer.trigger());
    }

    @Test
    void shouldRefuseARegularFile(@TempDir Path folder) throws IOException {
        int file = plumbing.file(Files.writeString(folder.resolve("file"), "text"));

        assertEquals(-EPERM, demultiplexer.add(file, READ, 1));
    }

    @Test
    void shouldNotModifyWhatItWatchesExclusively() {
        Pair pipe = plumbing.pipe();
        assertEquals(0, demultiplexer.add(pipe.near(), READ | EXCLUSIVE, 1));
        plumbing.write(pipe.far(), "x");

        assertEquals(Map.of(1L, READ), poll());
        assertEquals(-EINVAL, demultiplexer.modify(pipe.near(), READ, 1));
        assertEquals(0, demultiplexer.remove(pipe.near()));
        assertEquals(0, demultiplexer.add(pipe.near(), READ, 2));
        assertEquals(Map.of(2L, READ), poll());
    }

    @Test
    void shouldSayWhichCallFailedWhenItCannotOpen() {
        calls.refuse("epoll_create1", Errno.EMFILE);

        SyscallException e = assertThrows(SyscallException.class, () -> open(calls.syscalls()));

        assertEquals(Errno.EMFILE, e.errno());
        assertTrue(e.toString().contains("epoll_create1"), e.toString());
    }
}
