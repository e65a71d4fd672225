// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.server;

import static dev.ringfork.bindings.Errno.EIO;
import static dev.ringfork.bindings.abi.Fcntl.O_CLOEXEC;
import static dev.ringfork.bindings.abi.Fcntl.O_RDONLY;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.Syscalls;
import dev.ringfork.reactor.protocol.Connection;
import dev.ringfork.reactor.testing.OpenDescriptors;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files on their way to a peer: in order, whole, and closed in every case. */
interface FileContract extends Rigged {

    /** Opens a file for reading. */
    static int open(Path file) {
        try (Arena arena = Arena.ofConfined()) {
            int flags = O_RDONLY | O_CLOEXEC;
            int fd =
                    Syscalls.get()
                            .descriptors()
                            .open(arena.allocateFrom(file.toString()), flags, 0);
            return Errno.check("open", fd, file);
        }
    }

    /** Fails if this process holds a file open; skips the test where that cannot be seen. */
    static void assertClosed(Path file) {
        assumeTrue(OpenDescriptors.known(), "this system does not list what is open");
        assertFalse(OpenDescriptors.holds(file), "the file is still open");
    }

    private Path file(Path folder, int bytes) throws IOException {
        return Files.write(folder.resolve("file"), Rig.bulk(bytes));
    }

    /** Zeros that take no time to write, for tests in which most of them stay where they are. */
    private static Path hollow(Path folder, int bytes) throws IOException {
        Path file = folder.resolve("file");
        try (SeekableByteChannel channel =
                Files.newByteChannel(
                        file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            channel.position(bytes - 1L);
            channel.write(ByteBuffer.allocate(1));
        }
        return file;
    }

    @Test
    default void shouldSendAFileBetweenOtherBytes(@TempDir Path folder) throws IOException {
        Path file = file(folder, 5_000_000);
        byte[] content = Files.readAllBytes(file);
        Probe probe = new Probe();
        rig().start(probe);
        Client client = rig().connect();
        probe.awaitEmptyQueue();

        probe.run(connection -> {
            connection.write("head".getBytes(US_ASCII));
            assertTrue(connection.writeFile(open(file), 0, content.length));
            connection.write("tail".getBytes(US_ASCII));
            assertEquals(8, connection.queuedBytes(), "a file takes no memory");
            assertTrue(connection.congested());
        });

        assertEquals("head", client.read(4));
        assertEquals(-1, Arrays.mismatch(content, client.readBytes(content.length)));
        assertEquals("tail", client.read(4));
        probe.awaitEmptyQueue();
        assertClosed(file);
    }

    @Test
    default void shouldSendThePartThatIsAskedFor(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "not this, but this, not this");
        Probe probe = new Probe();
        rig().start(probe);
        Client client = rig().connect();

        probe.run(connection -> {
            connection.writeFile(open(file), 14, 4);
            connection.writeFile(open(file), 0, 0);
            connection.writeFile(open(file), 4, 4);
            connection.shutdownOutput();
        });

        assertEquals("thisthis", new String(client.readToEnd(), US_ASCII));
        assertClosed(file);
    }

    @Test
    default void shouldNotReadWhileAFileIsSent(@TempDir Path folder) throws IOException {
        int length = 500_000;
        Path file = hollow(folder, length);
        Probe probe = new Probe().onOpen(rig()::takeLittle);
        rig().start(probe);
        Client client = rig().connect(2048);
        probe.run(connection -> connection.writeFile(open(file), 0, length));

        client.send("meanwhile");
        probe.run(connection -> {});
        probe.run(connection -> {});
        assertFalse(probe.hasReceived(), "who does not take what it asked for may not ask more");

        client.readBytes(length);
        assertEquals("meanwhile", probe.awaitReceived(9));
    }

    @Test
    default void shouldSendAFileToTheEndBeforeItCloses(@TempDir Path folder) throws IOException {
        Path file = file(folder, 2_000_000);
        byte[] content = Files.readAllBytes(file);
        Probe probe =
                new Probe()
                        .onOpen(connection -> {
                            connection.writeFile(open(file), 0, content.length);
                            connection.close();
                        });
        rig().start(probe);
        Client client = rig().connect();

        assertArrayEquals(content, client.readToEnd());

        client.close();
        assertEquals(0, probe.awaitClosed());
        assertClosed(file);
    }

    @Test
    default void shouldCloseTheConnectionWhenAFileIsShorterThanPromised(@TempDir Path folder)
            throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "short");
        Probe probe = new Probe();
        rig().start(probe);
        Client client = rig().connect();

        probe.run(connection -> connection.writeFile(open(file), 0, 6));

        // The peer must learn that something is missing: it must not find more bytes behind.
        assertEquals("short", client.read(5));
        client.expectClosed();
        assertEquals(EIO, probe.awaitClosed());
        assertClosed(file);
    }

    @Test
    default void shouldCloseTheFilesOfAConnectionThatAborts(@TempDir Path folder)
            throws IOException {
        Path file = hollow(folder, 9_000_000);
        Probe probe = new Probe();
        rig().start(probe);
        Client client = rig().connect(2048);
        probe.run(connection -> {
            connection.writeFile(open(file), 0, 900_000);
            connection.writeFile(open(file), 0, 1);
        });
        client.readBytes(10_000);

        probe.run(Connection::abort);

        assertEquals(0, probe.awaitClosed());
        assertClosed(file);
    }

    @Test
    default void shouldCloseTheFileOfAPeerThatIsGone(@TempDir Path folder) throws IOException {
        Path file = hollow(folder, 90_000_000);
        int length = (int) Files.size(file);
        Probe probe = new Probe();
        rig().start(probe);
        Client client = rig().connect(2048);
        probe.run(connection -> connection.writeFile(open(file), 0, length));

        client.reset();

        assertTrue(probe.awaitClosed() > 0);
        assertClosed(file);
    }

    @Test
    default void shouldRefuseMoreFilesThanItHolds(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "text");
        Probe probe = new Probe();
        rig().start(probe);
        Client client = rig().connect();

        probe.run(connection -> {
            for (int i = 0; i < WriteQueue.FILE_PARTS_MAX; i++) {
                assertTrue(connection.writeFile(open(file), 0, 4));
            }
            assertTrue(connection.congested());
            assertFalse(connection.writeFile(open(file), 0, 4));
            connection.shutdownOutput();
        });

        String sent = new String(client.readToEnd(), US_ASCII);
        assertEquals("text".repeat(WriteQueue.FILE_PARTS_MAX), sent);
        assertClosed(file);
    }

    @Test
    default void shouldCloseAFileThatItRefuses(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "text");
        Probe probe = new Probe();
        rig().start(probe);
        Client client = rig().connect();

        probe.run(connection -> {
            connection.shutdownOutput();
            assertFalse(connection.writeFile(open(file), 0, 4));
            connection.close();
            assertFalse(connection.writeFile(open(file), 0, 4));
            connection.abort();
            assertFalse(connection.writeFile(open(file), 0, 4));
        });

        client.expectClosed();
        assertClosed(file);
    }

    @Test
    default void shouldCloseTheConnectionWhenADescriptorIsNoFile() {
        Probe probe = new Probe();
        rig().start(probe);
        rig().connect();

        probe.run(connection -> connection.writeFile(open(Path.of("/")), 0, 4));

        assertTrue(probe.awaitClosed() > 0);
    }
}
