// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.control;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What a process takes of the machine, proc(5). Immutable.
 *
 * @param pssBytes memory, what is shared counted in parts; -1 if it is not to be known
 * @param cpuMs time on processors so far; -1 if it is not to be known
 */
record Usage(long pssBytes, long cpuMs) {
    static final Usage UNKNOWN = new Usage(-1, -1);

    /** Linux tells it in hundredths of a second on every architecture, {@code USER_HZ}. */
    private static final long TICK_MS = 10;

    // Numbers of fields behind the name in stat.
    private static final int UTIME = 11;
    private static final int STIME = 12;

    /**
     * That of a process now. Takes up to some milliseconds, for the kernel walks through all of its
     * memory.
     */
    static Usage of(int pid) {
        Path process = Path.of("/proc", Integer.toString(pid));
        return new Usage(pssBytes(process), cpuMs(process));
    }

    private static long pssBytes(Path process) {
        return read(process.resolve("smaps_rollup"))
                .lines()
                .filter(line -> line.startsWith("Pss:"))
                .mapToLong(line -> 1024 * Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElse(-1);
    }

    private static long cpuMs(Path process) {
        String stat = read(process.resolve("stat"));
        // The name stands in brackets, and may have any character in it.
        String[] fields = stat.substring(stat.lastIndexOf(')') + 1).strip().split(" ", -1);
        return fields.length <= STIME
                ? -1
                : TICK_MS * (Long.parseLong(fields[UTIME]) + Long.parseLong(fields[STIME]));
    }

    private static String read(Path file) {
        try {
            return new String(Files.readAllBytes(file), ISO_8859_1);
        } catch (IOException e) {
            // Another system, or the process has ended.
            return "";
        }
    }
}
