// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings.calls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.Platform;
import dev.ringfork.bindings.abi.Fcntl;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What every provider has to make of the functions of the C library. */
class LibcDoorTest {

    private final Door libc = Doors.libc();

    private Call call(Prototype prototype) {
        MethodHandle handle = libc.find(prototype);
        assertNotNull(handle, prototype.name());
        return new Call(prototype.name(), handle);
    }

    @Test
    void shouldReachByNumberWhatTheCLibraryDoesNotName() {
        assumeTrue(Platform.current().linux(), "calls have numbers on Linux");
        assumeTrue(!Doors.PROVIDER.equals("jni"), "jni has libringfork for calls by number");
        Call unnamed = call(Prototype.plain("kill").symbol("no_such_function"));
        assertEquals(-Errno.ESRCH, unnamed.call(Integer.MAX_VALUE));
    }

    @Test
    void shouldFindNothingWhereThereIsNeitherNameNorNumber() {
        assertNull(libc.find(Prototype.plain("no_such_call")));
    }

    @Test
    void shouldExtendTheSignOfAnIntAndKeepALong() {
        assertEquals(-Errno.EBADF, call(Prototype.plain("close")).call(-1));
        assertEquals(-Errno.EBADF, call(Prototype.plain("read").wide()).call(-1));
    }

    @Test
    void shouldKeepAllBitsOfALong(@TempDir Path folder) throws IOException {
        long beyond = 1L << 40;
        Path file = Files.createFile(folder.resolve("file"));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment path = arena.allocateFrom(file.toString());
            long fd = call(Prototype.plain("openat")).call(Fcntl.AT_FDCWD, path.address(), 0, 0);
            assertEquals(beyond, call(Prototype.plain("lseek").wide()).call(fd, beyond));
            assertEquals(0, call(Prototype.plain("close")).call(fd));
        }
    }

    @Test
    void shouldNegateAnErrorThatIsReturned() {
        Call addclose = call(Prototype.library("posix_spawn_file_actions_addclose"));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment actions = arena.allocate(80, 8);
            assertEquals(-Errno.EBADF, addclose.call(actions.address(), -1));
        }
    }

    @Test
    void shouldTellErrnoOfTheThreadsLastCall() throws InterruptedException {
        Call close = call(Prototype.plain("close"));
        Call dup2 = call(Prototype.plain("dup2"));
        Thread other = Thread.ofPlatform().start(() -> assertEquals(-Errno.EBADF, close.call(-1)));
        for (int i = 0; i < 1000; i++) {
            assertEquals(-Errno.EBADF, dup2.call(-1, 0));
        }
        other.join();
    }
}
