// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.syscalls;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.stream.Stream;

/**
 * What figures depend on.
 *
 * @param machine processor and kernel
 * @param java the JVM
 * @param load how many threads wanted a processor just before, over one minute; empty if unknown
 * @param when the measuring began
 */
public record Surroundings(String machine, String java, String load, String when) {

    /** Those of now. */
    public static Surroundings look() {
        String machine =
                "%d x %s, %s %s %s"
                        .formatted(
                                Runtime.getRuntime().availableProcessors(),
                                after(Path.of("/proc/cpuinfo"), "model name", "processor"),
                                System.getProperty("os.name"),
                                System.getProperty("os.version"),
                                System.getProperty("os.arch"));
        return new Surroundings(
                machine,
                System.getProperty("java.vendor.version", "")
                        + " "
                        + System.getProperty("java.runtime.version"),
                after(Path.of("/proc/loadavg"), "", "").replaceAll(" .*", ""),
                Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
    }

    /** What stands behind a word at the beginning of a line. */
    private static String after(Path file, String word, String otherwise) {
        try (Stream<String> lines = Files.lines(file)) {
            return lines.filter(line -> line.startsWith(word))
                    .findFirst()
                    .map(line -> line.substring(word.length()).replaceFirst("^\\s*:\\s*", ""))
                    .orElse(otherwise);
        } catch (IOException e) {
            // Not Linux.
            return otherwise;
        }
    }
}
