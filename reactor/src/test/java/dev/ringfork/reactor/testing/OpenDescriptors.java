// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What this process has open, where the system tells (Linux). Safe for use by many threads. */
public final class OpenDescriptors {
    private static final Path TABLE = Path.of("/proc/self/fd");

    private OpenDescriptors() {}

    /** Whether the system tells. */
    public static boolean known() {
        return Files.isDirectory(TABLE);
    }

    /** What every descriptor refers to, in the kernel's words, sorted. */
    public static List<String> list() {
        List<String> targets = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(TABLE)) {
            for (Path entry : entries) {
                String target = target(entry);
                if (!target.isEmpty()) {
                    targets.add(target);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        targets.sort(null);
        return targets;
    }

    private static String target(Path entry) {
        try {
            String target = Files.readSymbolicLink(entry).toString();
            // The descriptor that reads the table itself, and what the JVM opens when it likes.
            boolean own = target.endsWith("/fd") || target.endsWith(".jar");
            return own || target.endsWith("random") ? "" : target;
        } catch (IOException e) {
            // Closed since the table was read.
            return "";
        }
    }

    /** Whether a file is open. */
    public static boolean holds(Path file) {
        return list().contains(file.toString());
    }
}
