// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.forklab;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Writes down what can be seen of a process that hangs: what of it is to be had, all is tried. */
final class Autopsy {
    private static final long DEBUGGER_S = 30;
    private static final long DUMP_S = 3;

    private Autopsy() {}

    /**
     * Looks at its threads, has it print its stacks, which go where its output goes, and asks a
     * debugger.
     *
     * @return the file where it is written
     */
    static Path write(Path folder, long pid) throws IOException {
        List<String> report = new ArrayList<>();
        Path tasks = Path.of("/proc", Long.toString(pid), "task");
        if (Files.isDirectory(tasks)) {
            try (Stream<Path> each = Files.list(tasks)) {
                each.forEach(task ->
                        report.add(
                                "%s %s: waits in %s, call %s"
                                        .formatted(
                                                task.getFileName(),
                                                content(task, "comm"),
                                                content(task, "wchan"),
                                                content(task, "syscall"))));
            }
        }
        report.addAll(run(DUMP_S, "kill", "-QUIT", Long.toString(pid)));
        report.addAll(
                run(
                        DEBUGGER_S,
                        "gdb",
                        "-p",
                        Long.toString(pid),
                        "-batch",
                        "-ex",
                        "thread apply all bt"));
        Path file = folder.resolve("hang-" + pid + ".txt");
        Files.write(file, report, UTF_8);
        return file;
    }

    private static String content(Path task, String name) {
        try {
            return Files.readString(task.resolve(name)).strip();
        } catch (IOException e) {
            return "?";
        }
    }

    private static List<String> run(long limitS, String... command) {
        try {
            Path file = Files.createTempFile("ringfork", ".txt");
            Process program =
                    new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(file.toFile())
                            .start();
            if (!program.waitFor(limitS, TimeUnit.SECONDS)) {
                program.destroyForcibly();
            }
            List<String> lines = new String(Files.readAllBytes(file), UTF_8).lines().toList();
            Files.delete(file);
            return lines;
        } catch (IOException e) {
            return List.of("no %s: %s".formatted(command[0], e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return List.of();
        }
    }
}
