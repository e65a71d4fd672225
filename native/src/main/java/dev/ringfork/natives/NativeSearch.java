// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.natives;

import dev.ringfork.natives.NativeLibrary.Absent;
import dev.ringfork.natives.NativeLibrary.Present;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * One search for the library or the launcher, with the settings it goes by.
 *
 * <p>Threads: immutable.
 *
 * @param file what is searched for
 * @param setting the value of the file's property, empty if it is not set
 * @param tempDir the folder under which a copy may be made
 */
record NativeSearch(NativeFile file, String setting, String tempDir) {
    // For the file too: only an executable bit lets isExecutable tell a noexec mount.
    private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

    /** A search for the library. */
    NativeSearch(String setting, String tempDir) {
        this(NativeFile.LIBRARY, setting, tempDir);
    }

    NativeLibrary find(String platform) {
        if (setting.equals(NativeLibrary.OFF)) {
            return new Absent(
                    "%s is switched off: start without -D%s=%s to use it"
                            .formatted(file.title(), file.property(), setting));
        }
        return setting.isEmpty() ? findPacked(platform) : findNamed();
    }

    private NativeLibrary findNamed() {
        try {
            Path path = Path.of(setting).toAbsolutePath();
            if (Files.isRegularFile(path) && Files.isReadable(path)) {
                return new Present(path, null);
            }
        } catch (InvalidPathException e) {
            // No path at all is no readable file either.
        }
        return new Absent(
                ("-D%s=%s is no readable file: name one,"
                                + " or start without it to use the %s in the jar")
                        .formatted(file.property(), setting, file.kind()));
    }

    private NativeLibrary findPacked(String platform) {
        String name = file.name(platform);
        try (InputStream library = NativeSearch.class.getResourceAsStream(platform + "/" + name)) {
            if (library == null) {
                return new Absent(
                        "no %s for %s in this jar: build it with ./mvnw on that machine"
                                .formatted(file.title(), platform));
            }
            return copy(library, name);
        } catch (IOException | InvalidPathException e) {
            return new Absent(
                    ("%s cannot be copied to %s (%s):"
                                    + " name a writable folder with -Djava.io.tmpdir=")
                            .formatted(file.title(), tempDir, e));
        }
    }

    private NativeLibrary copy(InputStream library, String name) throws IOException {
        Path parent = Path.of(tempDir).toAbsolutePath();
        Path folder = Files.createTempDirectory(parent, "ringfork-", OWNER_ONLY);
        Present copy = new Present(folder.resolve(name), folder);
        boolean loadable = false;
        try {
            write(library, copy.path());
            loadable = Files.isExecutable(copy.path());
        } finally {
            if (!loadable) {
                copy.close();
            }
        }
        return loadable
                ? copy
                : new Absent(
                        ("%s cannot be loaded from %s (mounted noexec):"
                                        + " name another folder with -Djava.io.tmpdir=")
                                .formatted(file.title(), tempDir));
    }

    private static void write(InputStream library, Path path) throws IOException {
        Set<StandardOpenOption> anew =
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        try (var channel = Files.newByteChannel(path, anew, OWNER_ONLY)) {
            library.transferTo(Channels.newOutputStream(channel));
        }
    }
}
