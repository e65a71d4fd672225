// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.natives;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ringfork.natives.NativeLibrary.Absent;
import dev.ringfork.natives.NativeLibrary.Present;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class NativeLibraryTest {
    private static final String PLATFORM = Platforms.current();

    @TempDir private Path temp;

    @AfterEach
    void clearTheProperty() {
        System.clearProperty(NativeLibrary.PROPERTY);
    }

    @Test
    void shouldCopyThePackedLibraryByteForByte() throws IOException {
        try (Present library = present(search("", temp).find(PLATFORM));
                InputStream packed =
                        NativeLibraryTest.class.getResourceAsStream(
                                PLATFORM + "/" + library.path().getFileName())) {
            assertTrue(library.path().isAbsolute());
            assertTrue(packed != null);
            assertArrayEquals(packed.readAllBytes(), Files.readAllBytes(library.path()));
        }
    }

    @Test
    void shouldCopyTheLauncherAsAProgram() {
        try (Present launcher = present(launcher("").find(PLATFORM))) {
            assertTrue(launcher.path().endsWith("ringfork-launcher"));
            assertTrue(Files.isExecutable(launcher.path()));
        }
    }

    @Test
    void shouldDoWithoutTheLauncherAlone() {
        assertEquals(
                "ringfork-launcher is switched off: start without -Dringfork.launcher=off to use it",
                reason(launcher(NativeLibrary.OFF).find(PLATFORM)));
    }

    private NativeSearch launcher(String setting) {
        return new NativeSearch(NativeFile.LAUNCHER, setting, temp.toString());
    }

    @Test
    void shouldKeepTheCopyFromOtherUsers() throws IOException {
        try (Present library = present(search("", temp).find(PLATFORM))) {
            Path folder = library.path().getParent();
            assertTrue(folder != null && temp.equals(folder.getParent()));
            assertEquals("rwx------", permissions(folder));
            assertEquals("rwx------", permissions(library.path()));
        }
    }

    @Test
    void shouldLeaveNothingBehindWhenClosed() throws IOException {
        Present library = present(search("", temp).find(PLATFORM));

        library.close();
        assertEquals(List.of(), contents(temp));
        library.close();
    }

    @Test
    void shouldStayQuietIfTheCopyCannotBeDeleted() throws IOException {
        Present library = present(search("", temp).find(PLATFORM));
        Path stranger = Files.createFile(library.path().resolveSibling("stranger"));

        library.close();
        assertTrue(Files.exists(stranger));
        assertFalse(Files.exists(library.path()));
    }

    @Test
    void shouldMakeACopyForEachCaller() {
        try (Present one = present(search("", temp).find(PLATFORM));
                Present other = present(search("", temp).find(PLATFORM))) {
            assertNotEquals(one.path(), other.path());
        }
    }

    @Test
    void shouldSayWhatToBuildIfThePlatformIsNotPacked() throws IOException {
        assertEquals(
                "no libringfork for plan9-mips in this jar: build it with ./mvnw on that machine",
                reason(search("", temp).find("plan9-mips")));
        assertEquals(List.of(), contents(temp));
    }

    @Test
    void shouldSayHowToNameAnotherTemporaryFolderIfItIsMissing() {
        String reason = reason(search("", temp.resolve("missing")).find(PLATFORM));

        assertTrue(reason.contains(temp.resolve("missing").toString()), reason);
        assertTrue(reason.endsWith("-Djava.io.tmpdir="), reason);
    }

    @Test
    void shouldSayHowToNameAnotherTemporaryFolderIfItIsNone() {
        String reason = reason(new NativeSearch("", "\0").find(PLATFORM));

        assertTrue(reason.endsWith("-Djava.io.tmpdir="), reason);
    }

    @Test
    void shouldSayThatTheTemporaryFolderIsMountedNoexec() throws IOException {
        Path noexec = Mounts.writableNoexec();
        assumeTrue(noexec != null, "no folder that is mounted noexec and can be written to");
        List<Path> before = contents(noexec);

        String reason = reason(search("", noexec).find(PLATFORM));

        assertTrue(reason.contains(noexec + " (mounted noexec)"), reason);
        assertTrue(reason.endsWith("-Djava.io.tmpdir="), reason);
        assertEquals(before, contents(noexec));
    }

    @Test
    void shouldUseTheFileThatTheUserNamesAndLeaveIt() throws IOException {
        Path own = Files.createFile(temp.resolve("own.so"));

        try (Present library = present(search(own.toString(), temp).find("plan9-mips"))) {
            assertEquals(own, library.path());
        }
        assertEquals(List.of(own), contents(temp));
    }

    @Test
    void shouldMakeARelativePathAbsolute() {
        // A bare name would have the loader look in the system's folders.
        try (Present library = present(search("pom.xml", temp).find(PLATFORM))) {
            assertEquals(Path.of("pom.xml").toAbsolutePath(), library.path());
        }
    }

    @Test
    void shouldNotFallBackIfTheNamedFileIsUnusable() {
        for (String unusable : List.of(temp.resolve("missing.so").toString(), temp.toString())) {
            assertEquals(
                    "-Dringfork.native="
                            + unusable
                            + " is no readable file: name one,"
                            + " or start without it to use the library in the jar",
                    reason(search(unusable, temp).find(PLATFORM)));
        }
        assertTrue(reason(search("\0", temp).find(PLATFORM)).contains("no readable file"));
    }

    @Test
    void shouldFindNothingIfSwitchedOff() throws IOException {
        assertEquals(
                "libringfork is switched off: start without -Dringfork.native=off to use it",
                reason(search("off", temp).find(PLATFORM)));
        assertEquals(List.of(), contents(temp));
    }

    @Test
    void shouldGoByTheSystemProperty() {
        System.setProperty(NativeLibrary.PROPERTY, NativeLibrary.OFF);
        assertInstanceOf(Absent.class, NativeLibrary.find(PLATFORM));

        System.clearProperty(NativeLibrary.PROPERTY);
        try (Present library = present(NativeLibrary.find(PLATFORM))) {
            assertTrue(Files.isRegularFile(library.path()));
        }
    }

    private static NativeSearch search(String setting, Path tempDir) {
        return new NativeSearch(setting, tempDir.toString());
    }

    private static Present present(NativeLibrary found) {
        return assertInstanceOf(Present.class, found, found::toString);
    }

    private static String reason(NativeLibrary found) {
        return assertInstanceOf(Absent.class, found).reason();
    }

    private static String permissions(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    private static List<Path> contents(Path folder) throws IOException {
        try (var paths = Files.list(folder)) {
            return paths.sorted().toList();
        }
    }
}
