// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.command;

import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The command in a JVM of its own, on the modules of this build. Closing it kills what still runs.
 */
final class CommandProcess implements AutoCloseable {
    static final String NATIVE_ACCESS =
            "--enable-native-access=dev.ringfork.bindings,dev.ringfork.examples";

    private static final long DEADLINE_S = 20;
    private static final Pattern TCP = Pattern.compile("//127\\.0\\.0\\.1:(\\d+)");

    private final Process process;
    private final BlockingQueue<String> out;
    private final BlockingQueue<String> err;

    private CommandProcess(Process process) {
        this.process = process;
        this.out = lines(process.getInputStream());
        this.err = lines(process.getErrorStream());
    }

    static CommandProcess start(String... arguments) throws IOException {
        return start(List.of(NATIVE_ACCESS), Map.of(), arguments);
    }

    static CommandProcess start(
            List<String> options, Map<String, String> environment, String... arguments)
            throws IOException {
        return new CommandProcess(prepare(options, environment, arguments).start());
    }

    /**
     * The same as the child of another program, or in its place: that is signalled and waited for.
     */
    static CommandProcess startUnder(
            List<String> supervisor, Map<String, String> environment, String... arguments)
            throws IOException {
        ProcessBuilder builder = prepare(List.of(NATIVE_ACCESS), environment, arguments);
        List<String> all = new ArrayList<>(supervisor);
        all.addAll(builder.command());
        return new CommandProcess(builder.command(all).start());
    }

    /** Another program. */
    static CommandProcess of(List<String> command) throws IOException {
        return new CommandProcess(new ProcessBuilder(command).start());
    }

    /** The same where the kernel refuses io_uring. */
    static CommandProcess startWithoutRings(int errno, String... arguments) throws Exception {
        ProcessBuilder builder = prepare(List.of(NATIVE_ACCESS), Map.of(), arguments);
        return new CommandProcess(RingFilter.refusing(errno, builder::start));
    }

    private static ProcessBuilder prepare(
            List<String> options, Map<String, String> environment, String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(System.getProperty("java.home") + "/bin/java");
        command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx64m"));
        command.addAll(options);
        command.add("--module-path");
        command.add(System.getProperty("jdk.module.path"));
        command.add("--module");
        command.add("dev.ringfork.examples/" + Main.class.getName());
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().putAll(environment);
        return builder;
    }

    private static BlockingQueue<String> lines(InputStream stream) {
        BlockingQueue<String> lines = new LinkedBlockingQueue<>();
        Thread.ofVirtual()
                .start(() -> {
                    try (BufferedReader reader =
                            new BufferedReader(
                                    new InputStreamReader(stream, StandardCharsets.UTF_8))) {
                        reader.lines().forEach(lines::add);
                    } catch (IOException | UncheckedIOException e) {
                        lines.add("the stream broke: " + e);
                    }
                });
        return lines;
    }

    /** The next line on standard output. */
    String nextOut() throws InterruptedException {
        return next(out, "standard output");
    }

    /** The next line on standard error. */
    String nextErr() throws InterruptedException {
        return next(err, "standard error");
    }

    private String next(BlockingQueue<String> lines, String name) throws InterruptedException {
        String line = lines.poll(DEADLINE_S, TimeUnit.SECONDS);
        assertNotNull(line, () -> "nothing on %s; out: %s, err: %s".formatted(name, out, err));
        return line;
    }

    /** Waits for a line on standard error that contains something, and returns it. */
    String awaitErr(String part) throws InterruptedException {
        String line = nextErr();
        while (!line.contains(part)) {
            line = nextErr();
        }
        return line;
    }

    /** Its children and theirs. */
    List<ProcessHandle> descendants() {
        return process.descendants().toList();
    }

    boolean alive() {
        return process.isAlive();
    }

    /** Whatever was said on standard output and not read yet. */
    List<String> restOfOut() {
        return List.copyOf(out);
    }

    /** Whatever was said on standard error and not read yet. */
    List<String> restOfErr() {
        return List.copyOf(err);
    }

    /** Waits for the line that says where the server is, and returns its port. */
    int port() throws InterruptedException {
        String line = nextOut();
        Matcher tcp = TCP.matcher(line);
        assertTrue(tcp.find(), line);
        return Integer.parseInt(tcp.group(1));
    }

    /** Sends {@code INT} or {@code TERM}. */
    void signal(String name) throws IOException, InterruptedException {
        Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start();
        assertTrue(kill.waitFor(DEADLINE_S, TimeUnit.SECONDS), "kill hangs");
    }

    int awaitExit() throws InterruptedException {
        assertTrue(
                process.waitFor(DEADLINE_S, TimeUnit.SECONDS),
                () -> "still running; out: %s, err: %s".formatted(out, err));
        return process.exitValue();
    }

    @Override
    public void close() {
        List<ProcessHandle> children = descendants();
        process.destroyForcibly();
        children.forEach(ProcessHandle::destroyForcibly);
    }
}
