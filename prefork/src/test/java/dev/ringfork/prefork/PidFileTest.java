// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ringfork.bindings.Account;
import dev.ringfork.bindings.Platform;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PidFileTest {
    private static final int PID = 123_456_789;

    @TempDir private Path folder;

    private static boolean nobody(long pid) {
        return false;
    }

    private static String refusal(Path file) {
        Exception refusal =
                assertThrows(
                        IllegalStateException.class,
                        () -> PidFile.write(file, PID, PidFileTest::nobody));
        return String.valueOf(refusal.getMessage());
    }

    private static List<String> content(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }

    @Test
    void shouldRemoveOnlyWhatItHasWritten() throws Exception {
        Path file = folder.resolve("pid");
        try (PidFile _ = PidFile.write(file, PID, PidFileTest::nobody)) {
            assertEquals(PID + "\n", Files.readString(file));
            assertEquals(List.of("pid"), content(folder));
        }
        assertEquals(List.of(), content(folder));
        try (PidFile _ = PidFile.write(file, PID, PidFileTest::nobody)) {
            Files.writeString(file, "1\n");
        }
        assertEquals("1\n", Files.readString(file));
    }

    @Test
    void shouldReplaceAFileThatNamesNobody() throws Exception {
        Path file = folder.resolve("pid");
        for (String nobody : List.of("", "what", "999999999\n")) {
            Files.writeString(file, nobody);
            try (PidFile _ = PidFile.write(file, PID, PidFileTest::nobody)) {
                assertEquals(PID + "\n", Files.readString(file));
            }
        }
    }

    @Test
    void shouldNotTakeTheFileOfAProcessThatRuns() throws Exception {
        Path file = folder.resolve("pid");
        Files.writeString(file, "1\n");
        assertEquals(
                file + " names process 1, which runs: end that, or choose another file",
                refusal(file));
        assertEquals("1\n", Files.readString(file));
    }

    @Test
    void shouldTakeTheFileOfItsPredecessor() throws Exception {
        Path file = folder.resolve("pid");
        Files.writeString(file, "1\n");
        try (PidFile _ = PidFile.write(file, PID, pid -> pid == 1)) {
            assertEquals(PID + "\n", Files.readString(file));
        }
    }

    @Test
    void shouldSayThatThereIsNoFolder() {
        Path missing = folder.resolve("missing");
        Path file = missing.resolve("pid");
        assertEquals(
                "the pid file %s cannot be written: there is no folder %s; create it, or choose another file"
                        .formatted(file, missing),
                refusal(file));
    }

    @Test
    void shouldSayThatItIsAFolder() throws Exception {
        Path file = Files.createDirectory(folder.resolve("pid"));
        Files.createFile(file.resolve("occupied"));
        assertEquals(
                "the pid file %s cannot be written: it is a folder; name a file in it"
                        .formatted(file),
                refusal(file));
        assertEquals(List.of("pid"), content(folder));
    }

    @Test
    void shouldNotReplaceWhatIsNoRegularFile() throws Exception {
        Path file = folder.resolve("pid");
        try (ServerSocketChannel socket = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            socket.bind(UnixDomainSocketAddress.of(file));
            assertEquals(
                    "the pid file %s cannot be written: it is no regular file; choose another"
                            .formatted(file),
                    refusal(file));
            assertFalse(Files.isRegularFile(file));
        }
    }

    @Test
    void shouldSayThatItMayNotBeWritten() throws Exception {
        assumeFalse(Account.isRoot(), "root may write everywhere");
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("r-xr-xr-x"));
        Path file = folder.resolve("pid");
        assertEquals(
                "the pid file %s cannot be written: this user may not create files in %s; allow it, or choose another file"
                        .formatted(file, folder),
                refusal(file));
    }

    @Test
    void shouldLeaveNothingBehindWhereThereIsNoRoom() throws Exception {
        assumeTrue(
                Platform.current().linux() && Account.isRoot(),
                "only root may mount a file system");
        assumeTrue(
                run("mount", "-t", "tmpfs", "-o", "size=4k", "tmpfs", folder.toString()) == 0,
                "no small file system can be mounted here");
        try {
            assertThrows(
                    IOException.class,
                    () -> Files.write(folder.resolve("full"), new byte[1 << 20]),
                    "it is a small one");
            String refusal = refusal(folder.resolve("pid"));
            assertTrue(
                    refusal.endsWith("; make room in %s, or choose another file".formatted(folder)),
                    refusal);
            assertEquals(List.of("full"), content(folder));
        } finally {
            assertEquals(0, run("umount", folder.toString()));
        }
    }

    private static int run(String... command) throws Exception {
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
    }
}
