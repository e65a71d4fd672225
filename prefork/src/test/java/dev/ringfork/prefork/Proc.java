// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What proc(5) tells of a process. */
final class Proc {
    /** Where proc_pid_stat(5) has the process group, after the name. */
    private static final int GROUP = 2;

    private Proc() {}

    /** The name of its first thread. */
    static String name(long pid) throws IOException {
        return Files.readString(Path.of("/proc", Long.toString(pid), "comm")).strip();
    }

    static long group(long pid) throws IOException {
        String line = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
        String[] fields = line.substring(line.lastIndexOf(')') + 2).split(" ", -1);
        return Long.parseLong(fields[GROUP]);
    }

    /** A field of proc_pid_status(5). */
    static long status(long pid, String field, int radix) throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc", Long.toString(pid), "status"))) {
            if (line.startsWith(field)) {
                return Long.parseUnsignedLong(line.substring(field.length()).strip(), radix);
            }
        }
        throw new AssertionError("no " + field);
    }
}
