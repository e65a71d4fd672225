// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Stream;

/** What proc(5) tells of a process. */
final class Proc {
    /** Where proc_pid_stat(5) has the process group, after the name. */
    private static final int GROUP = 2;

    private static final String PROCESSORS = "Cpus_allowed_list:";

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

    /** Where the threads of a process may run, each list as proc_pid_status(5) has it. */
    static Set<String> processors(long pid) throws IOException {
        Set<String> lists = new HashSet<>();
        try (Stream<Path> threads = Files.list(Path.of("/proc", Long.toString(pid), "task"))) {
            for (Path thread : threads.toList()) {
                try (Stream<String> lines = Files.lines(thread.resolve("status"))) {
                    lines.filter(line -> line.startsWith(PROCESSORS)).forEach(lists::add);
                } catch (NoSuchFileException | UncheckedIOException e) {
                    // That thread has ended.
                }
            }
        }
        return lists;
    }
}
