// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.natives;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The mounts of this machine: a test cannot make its own without being root. */
final class Mounts {
    private static final Path TABLE = Path.of("/proc/self/mounts");

    private Mounts() {}

    /** A folder in memory from which nothing can be executed but where files can be made. */
    static @Nullable Path writableNoexec() throws IOException {
        if (!Files.isReadable(TABLE)) {
            return null;
        }
        return Files.readAllLines(TABLE).stream()
                .map(line -> line.split(" "))
                .filter(fields -> fields[2].equals("tmpfs"))
                .filter(fields -> Arrays.asList(fields[3].split(",")).contains("noexec"))
                .map(fields -> Path.of(fields[1]))
                .filter(Files::isWritable)
                .findFirst()
                .orElse(null);
    }
}
