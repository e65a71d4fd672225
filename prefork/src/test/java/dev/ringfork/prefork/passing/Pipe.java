// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.passing;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.Syscalls;
import dev.ringfork.bindings.abi.Fcntl;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;

/** A pipe, whose reading end tells what became of the copies of its writing end. */
final class Pipe implements AutoCloseable {
    private static final int ROOM = 256;

    private final int reading;
    private final PassedDescriptor writing;

    Pipe() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment fds = arena.allocate(JAVA_INT, 2);
            int flags = Fcntl.O_CLOEXEC | Fcntl.O_NONBLOCK;
            Errno.check("pipe2", Syscalls.get().descriptors().pipe2(fds, flags), null);
            reading = fds.getAtIndex(JAVA_INT, 0);
            writing = PassedDescriptor.own(fds.getAtIndex(JAVA_INT, 1));
        }
    }

    int reading() {
        return reading;
    }

    int writing() {
        return writing.fd();
    }

    /** Gives the writing end away. */
    PassedDescriptor giveWriting() {
        return PassedDescriptor.own(writing.take());
    }

    void closeWriting() {
        writing.close();
    }

    /** What was written; empty when nothing was. */
    String read() {
        return read(reading);
    }

    static String read(int fd) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment memory = arena.allocate(ROOM);
            long n = Syscalls.get().descriptors().read(fd, memory.address(), ROOM);
            if (n == -Errno.EAGAIN) {
                return "";
            }
            byte[] bytes = memory.asSlice(0, Errno.check("read", n, fd)).toArray(JAVA_BYTE);
            return new String(bytes, StandardCharsets.UTF_8);
        }
    }

    /** Whether no copy of the writing end is left, in whatever process or queue. */
    boolean abandoned() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment memory = arena.allocate(1);
            return Syscalls.get().descriptors().read(reading, memory.address(), 1) == 0;
        }
    }

    static void write(int fd, String text) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment memory = arena.allocateFrom(text);
            int count = text.length();
            Errno.check(
                    "write",
                    Syscalls.get().descriptors().write(fd, memory.address(), count),
                    "descriptor " + fd);
        }
    }

    @Override
    public void close() {
        writing.close();
        Syscalls.get().descriptors().close(reading);
    }
}
