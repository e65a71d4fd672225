// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.aio;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.SyscallException;
import dev.ringfork.bindings.Syscalls;
import dev.ringfork.bindings.faults.FaultInjectingSyscalls;
import dev.ringfork.examples.aio.AioCopy.Settings;
import dev.ringfork.examples.aio.AioCopy.Summary;
import dev.ringfork.examples.signals.QueuedSignals;
import dev.ringfork.examples.signals.SignalQueueLimit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AioCopyTest {
    private static final int BLOCK = 4096;
    private static final Settings FOUR = new Settings(4, BLOCK, 1);

    private final Syscalls syscalls = Syscalls.get();

    @TempDir Path folder;

    private Path source;
    private Path target;

    @BeforeEach
    void assumeAio() {
        QueuedSignals.assume();
        String absence = syscalls.absence("aio_read");
        assumeTrue(absence == null, absence);
        source = folder.resolve("source");
        target = folder.resolve("target");
    }

    private void write(int bytes) throws IOException {
        byte[] random = new byte[bytes];
        new Random(bytes).nextBytes(random);
        Files.write(source, random);
    }

    private Summary copy(Syscalls with, Settings settings) throws IOException {
        Summary did = AioCopy.copy(with, source, target, settings);
        assertArrayEquals(Files.readAllBytes(source), Files.readAllBytes(target));
        assertEquals(Files.size(source), did.bytes());
        return did;
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, BLOCK - 1, BLOCK, BLOCK + 1, 100 * BLOCK + 3})
    void shouldCopy(int bytes) throws IOException {
        write(bytes);
        Files.write(target, new byte[1_000_000]);
        Summary did = copy(syscalls, FOUR);

        int blocks = (bytes + BLOCK - 1) / BLOCK;
        assertEquals(2L * blocks, did.operations(), did::toString);
        assertEquals(Math.min(4, blocks), did.mostInFlight(), did::toString);
        assertEquals(did.operations(), did.told() + did.found(), did::toString);
        assertEquals(bytes > 0, did.told() > 0, did::toString);
    }

    @Test
    void shouldWorkOnSeveralDescriptorsOfAFile() throws IOException {
        write(2_000_000);
        Summary did = copy(syscalls, new Settings(64, BLOCK, 8));
        assertEquals(64, did.mostInFlight(), did::toString);
        // glibc starts no more than that. It may use those of another test, which are not counted.
        assertTrue(did.threads() <= 20, did::toString);
    }

    @Test
    void shouldCopyWhenTheKernelHasNoRoomForSignals() throws IOException {
        write(20 * BLOCK);
        try (SignalQueueLimit _ = new SignalQueueLimit(0)) {
            Summary did = copy(syscalls, FOUR);
            assertEquals(0, did.told(), did::toString);
            assertEquals(40, did.repeated(), did::toString);
            assertEquals(80, did.operations(), did::toString);
        }
        assertEquals(0, copy(syscalls, FOUR).repeated());
    }

    @Test
    void shouldWaitForAnotherWhenTooMuchIsInFlight() throws IOException {
        write(50 * BLOCK);
        FaultInjectingSyscalls faulty = new FaultInjectingSyscalls(syscalls, 1);
        // Not the first: with nothing in flight there would be nothing to wait for.
        faulty.onCall("aio_read").nth(2).fail(Errno.EAGAIN);
        faulty.onCall("aio_read").nth(10).fail(Errno.EAGAIN);
        faulty.onCall("aio_write").nth(20).fail(Errno.EAGAIN);
        Summary did = copy(faulty, FOUR);
        assertTrue(did.refusals() >= 3, did::toString);
        assertEquals(100, did.operations(), did::toString);
        assertEquals(3, faulty.injected().size());
    }

    @Test
    void shouldGiveUpWhenNothingCanBeSubmitted() throws IOException {
        write(BLOCK);
        FaultInjectingSyscalls faulty = new FaultInjectingSyscalls(syscalls, 1);
        faulty.onCall("aio_read").always().fail(Errno.EAGAIN);
        SyscallException failure = assertThrows(SyscallException.class, () -> copy(faulty, FOUR));
        assertEquals(Errno.EAGAIN, failure.errno());
    }

    @Test
    void shouldWaitForTheOthersWhenOneFails() throws IOException {
        // A folder can be opened, but not read; it has a size on most file systems.
        Files.createDirectory(source);
        assumeTrue(Files.size(source) > 0, "folders have no size here");
        Settings small = new Settings(8, 8, 1);
        SyscallException failure =
                assertThrows(
                        SyscallException.class,
                        () -> AioCopy.copy(syscalls, source, target, small));
        assertEquals(Errno.EISDIR, failure.errno());
        Files.delete(source);
        write(10 * BLOCK);
        copy(syscalls, FOUR);
    }

    @Test
    void shouldNotLoseAFileThatIsCopiedOntoItself() throws IOException {
        write(BLOCK);
        Files.createLink(target, source);
        assertThrows(
                IllegalArgumentException.class, () -> AioCopy.copy(syscalls, source, target, FOUR));
        assertEquals(BLOCK, Files.size(source));
    }

    @Test
    void shouldSayThatTheSourceHasLessThanItsSize() {
        // Such a file has the size of a page and a line of content.
        Path online = Path.of("/sys/devices/system/cpu/online");
        assumeTrue(Files.isReadable(online), "no file of that kind");
        IllegalStateException failure =
                assertThrows(
                        IllegalStateException.class,
                        () -> AioCopy.copy(syscalls, online, target, FOUR));
        assertEquals("the source became shorter while it was copied", failure.getMessage());
    }

    @Test
    void shouldSayWhichFileCannotBeOpened() {
        SyscallException failure =
                assertThrows(
                        SyscallException.class, () -> AioCopy.copy(syscalls, source, target, FOUR));
        assertEquals(Errno.ENOENT, failure.errno());
        String message = String.valueOf(failure.getMessage());
        assertTrue(message.contains(source.toString()), message);
    }

    @Test
    void shouldRefuseBoundsThatMakeNoSense() {
        assertThrows(IllegalArgumentException.class, () -> new Settings(0, BLOCK, 1));
        assertThrows(IllegalArgumentException.class, () -> new Settings(1, 0, 1));
        assertThrows(IllegalArgumentException.class, () -> new Settings(1, BLOCK, 65));
    }
}
