// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.forklab;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A {@link LabMachine} in a process of its own. Closing it kills it, and its children end by
 * themselves. Confined to one thread.
 */
final class LabProcess implements AutoCloseable {
    /** Of what it says besides, so many lines are kept for the case that it dies. */
    private static final int KEPT = 15;

    private static final long HEAP_ROOM = 160L << 20;
    private static final String END = "";

    private final Process process;
    private final Path folder;
    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
    private final Deque<String> noise = new ArrayDeque<>();

    /** A failure to be told of: it has died, or is silent. */
    static final class Lost extends Exception {
        private static final long serialVersionUID = 1L;

        Lost(String message) {
            super(message);
        }
    }

    private LabProcess(Process process, Path folder) {
        this.process = process;
        this.folder = folder;
        Thread.ofPlatform().daemon().name("lines").start(this::read);
    }

    /**
     * Starts one.
     *
     * @param before a program and its arguments that starts it, or nothing
     * @param arguments of {@link LabMachine#main}
     */
    static LabProcess start(
            List<String> before,
            Plan.Collector collector,
            Path folder,
            long live,
            List<String> arguments)
            throws IOException {
        List<String> command = new ArrayList<>(before);
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        String mb = ((2 * live + HEAP_ROOM) >> 20) + "m";
        command.addAll(
                List.of(
                        collector.option(),
                        "-XX:+PerfDisableSharedMem",
                        "-Xms" + mb,
                        "-Xmx" + mb,
                        "-Xmn16m",
                        "-Djava.io.tmpdir=" + folder));
        command.addAll(program());
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        return new LabProcess(builder.start(), folder);
    }

    /** Where this program is, for another virtual machine. */
    private static List<String> program() {
        String modules = System.getProperty("jdk.module.path");
        String main = LabMachine.class.getName();
        if (modules == null || !LabMachine.class.getModule().isNamed()) {
            String access = "--enable-native-access=ALL-UNNAMED";
            return List.of(access, "-cp", System.getProperty("java.class.path"), main);
        }
        return List.of(
                "--enable-native-access=dev.ringfork.bindings,dev.ringfork.examples",
                "--add-modules=java.management,jdk.management",
                "--module-path",
                modules,
                "--module",
                LabMachine.class.getModule().getName() + "/" + main);
    }

    private void read() {
        try (BufferedReader reader = process.inputReader(UTF_8)) {
            reader.lines().filter(line -> !line.isEmpty()).forEach(lines::add);
        } catch (IOException | UncheckedIOException e) {
            lines.add("its output: " + e);
        }
        lines.add(END);
    }

    /**
     * What it tells next, or null if it and its children that say something have ended.
     *
     * @throws Lost if nothing comes in time
     */
    Wire.@Nullable Message next(long waitMs) throws InterruptedException, IOException, Lost {
        while (true) {
            String line = lines.poll(waitMs, TimeUnit.MILLISECONDS);
            if (line == null) {
                Path report = Autopsy.write(folder, process.pid());
                throw new Lost("the parent is silent: " + report + ", " + dump());
            }
            if (line.equals(END)) {
                return null;
            }
            Wire.Message message = Wire.read(line);
            if (message != null) {
                return message;
            }
            noise.addLast(line);
            if (noise.size() > KEPT) {
                noise.removeFirst();
            }
        }
    }

    /** Writes down what it has said since it was silent: the stacks of its threads. */
    private Path dump() throws IOException {
        List<String> said = new ArrayList<>();
        lines.drainTo(said);
        return Files.write(folder.resolve("parent.txt"), said, UTF_8);
    }

    /** How it has ended before its time. */
    Lost lost() throws InterruptedException {
        return new Lost("the parent has ended, exit code " + process.waitFor() + said());
    }

    private String said() {
        return noise.isEmpty() ? "" : "; it said last:\n    " + String.join("\n    ", noise);
    }

    void kill() {
        process.destroyForcibly();
    }

    @Override
    public void close() {
        kill();
    }
}
