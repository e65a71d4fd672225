// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ringfork.prefork.signals.MachineSignal;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** {@link PreforkProgram} in processes of its own. Closing it kills what still runs. */
final class PreforkProcess implements AutoCloseable {
    static final long DEADLINE_S = 60;

    private final Process master;
    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
    private final List<ProcessHandle> others = new CopyOnWriteArrayList<>();
    private int port;

    private PreforkProcess(Process master, Process copy) {
        this.master = master;
        read(copy.getInputStream());
    }

    /** Starts it; settings are {@code workers=2} and such. */
    static PreforkProcess start(String... settings) throws IOException {
        return startUnder(List.of(), settings);
    }

    /** The same in the place of another program, which makes the process what it is to be. */
    static PreforkProcess startUnder(List<String> program, String... settings) throws IOException {
        String freeSignal = Integer.toString(MachineSignal.FREE);
        return start(program, Map.of(MachineSignal.VARIABLE, freeSignal), settings);
    }

    /** The same with variables. */
    static PreforkProcess start(Map<String, String> variables, String... settings)
            throws IOException {
        return start(List.of(), variables, settings);
    }

    private static PreforkProcess start(
            List<String> program, Map<String, String> variables, String... settings)
            throws IOException {
        List<String> command = new ArrayList<>(program);
        command.add(System.getProperty("java.home") + "/bin/java");
        // A machine has one collector.
        if (!variables.getOrDefault("JDK_JAVA_OPTIONS", "").contains("GC")) {
            command.add("-XX:+UseSerialGC");
        }
        command.addAll(List.of("-XX:TieredStopAtLevel=1", "-Xmx64m"));
        command.add("--enable-native-access=ALL-UNNAMED");
        command.add("-cp");
        command.add(ProgramPath.classPath());
        command.add(PreforkProgram.class.getName());
        command.addAll(List.of(settings));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().remove(MachineSignal.VARIABLE);
        builder.environment().putAll(variables);
        // Through a process that lives as long as the last of them: the output of one that has
        // ended is not read any more, and a new master has the same.
        List<Process> both =
                ProcessBuilder.startPipeline(List.of(builder, new ProcessBuilder("cat")));
        return new PreforkProcess(both.getFirst(), both.getLast());
    }

    /** Skips a test where others than this user have no way to the program and its machine. */
    static void assumeOthersMayReadTheProgram() throws IOException {
        for (String root :
                List.of(System.getProperty("java.home"), System.getProperty("user.dir"))) {
            for (Path path = Path.of(root).toRealPath(); path != null; path = path.getParent()) {
                assumeTrue(
                        Files.getPosixFilePermissions(path)
                                .contains(PosixFilePermission.OTHERS_EXECUTE),
                        path + " is closed to other users");
            }
        }
    }

    private void read(InputStream stream) {
        Thread.ofVirtual()
                .start(() -> {
                    try (BufferedReader reader =
                            new BufferedReader(
                                    new InputStreamReader(stream, StandardCharsets.UTF_8))) {
                        reader.lines().forEach(this::read);
                    } catch (IOException | UncheckedIOException e) {
                        lines.add("the stream broke: " + e);
                    }
                });
    }

    private void read(String line) {
        remember(line);
        lines.add(line);
    }

    /** The rest of the next line that begins with a word; lines before it are dropped. */
    String next(String word) throws InterruptedException {
        List<String> dropped = new ArrayList<>();
        long endNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(DEADLINE_S);
        while (true) {
            String line = lines.poll(endNs - System.nanoTime(), TimeUnit.NANOSECONDS);
            assertNotNull(line, () -> "no '%s' among %s".formatted(word, dropped));
            if (line.startsWith(word)) {
                return line.substring(word.length()).strip();
            }
            dropped.add(line);
        }
    }

    /** Masters and workers, to be killed at last if they still run. */
    private void remember(String line) {
        if (line.matches("(master|ready \\d+ \\d+) \\d+")) {
            String pid = line.substring(line.lastIndexOf(' ') + 1);
            ProcessHandle.of(Long.parseLong(pid)).ifPresent(others::add);
        }
    }

    /** Waits until the listeners are bound. */
    PreforkProcess started() throws InterruptedException {
        String address = next("started");
        port = Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
        return this;
    }

    /** The pid of the next worker that serves. */
    long nextReady() throws InterruptedException {
        return Long.parseLong(next("ready").split(" ", -1)[2]);
    }

    /** Waits until so many serve, and returns their pids. */
    List<Long> ready(int count) throws InterruptedException {
        List<Long> pids = new ArrayList<>();
        while (pids.size() < count) {
            pids.add(nextReady());
        }
        return pids;
    }

    long pid() {
        return master.pid();
    }

    void signal(String name) throws IOException, InterruptedException {
        signal(name, master.pid());
    }

    static void signal(String name, long pid) throws IOException, InterruptedException {
        int result = new ProcessBuilder("kill", "-" + name, Long.toString(pid)).start().waitFor();
        assertTrue(result == 0, "kill -%s %d".formatted(name, pid));
    }

    /** Stops a process, and waits until every thread of it has stopped. */
    static void freeze(long pid) throws IOException, InterruptedException {
        signal("STOP", pid);
        Path tasks = Path.of("/proc", Long.toString(pid), "task");
        long endNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(DEADLINE_S);
        while (!allStopped(tasks)) {
            assertTrue(System.nanoTime() < endNs, "the process goes on");
            Thread.onSpinWait();
        }
    }

    private static boolean allStopped(Path tasks) throws IOException {
        try (Stream<Path> threads = Files.list(tasks)) {
            for (Path thread : threads.toList()) {
                String stat = Files.readString(thread.resolve("stat"));
                if (stat.charAt(stat.lastIndexOf(')') + 2) != 'T') {
                    return false;
                }
            }
        }
        return true;
    }

    /** Waits until the master has ended, and returns its exit code. */
    int exitCode() throws InterruptedException {
        assertTrue(master.waitFor(DEADLINE_S, TimeUnit.SECONDS), "the master goes on");
        return master.exitValue();
    }

    /** Waits until a process is gone. */
    static void awaitEnd(long pid) throws Exception {
        ProcessHandle handle = ProcessHandle.of(pid).orElse(null);
        if (handle != null) {
            CompletableFuture<ProcessHandle> end = handle.onExit();
            end.get(DEADLINE_S, TimeUnit.SECONDS);
        }
    }

    int port() {
        return port;
    }

    Client connect() throws IOException {
        return new Client(port);
    }

    /** One request on a connection of its own. */
    String ask(String line) throws IOException {
        try (Client client = connect()) {
            return client.ask(line);
        }
    }

    /** Asks without a pause until it is enough; returns how often. None may fail. */
    int askUntil(AtomicBoolean enough) {
        int answers = 0;
        try {
            while (!enough.get()) {
                Long.parseLong(ask("pid"));
                answers++;
            }
            return answers;
        } catch (IOException e) {
            throw new AssertionError("lost after " + answers, e);
        }
    }

    /** A reload under load: no request is lost, and the old workers end. */
    void reloadWhileAsked(List<Long> old) throws Exception {
        AtomicBoolean enough = new AtomicBoolean();
        CompletableFuture<Integer> asked = CompletableFuture.supplyAsync(() -> askUntil(enough));
        signal("HUP");
        next("reloaded");
        enough.set(true);
        assertTrue(asked.get(DEADLINE_S, TimeUnit.SECONDS) > 0);
        for (long pid : old) {
            awaitEnd(pid);
        }
        assertFalse(old.contains(Long.parseLong(ask("pid"))));
    }

    /** A connection to the program. Confined to one thread. */
    static final class Client implements AutoCloseable {
        private final Socket socket = new Socket();
        private final BufferedReader in;

        Client(int port) throws IOException {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 10_000);
            socket.setSoTimeout((int) TimeUnit.SECONDS.toMillis(DEADLINE_S));
            in =
                    new BufferedReader(
                            new InputStreamReader(
                                    socket.getInputStream(), StandardCharsets.US_ASCII));
        }

        void send(String line) throws IOException {
            socket.getOutputStream().write((line + "\n").getBytes(StandardCharsets.US_ASCII));
        }

        String ask(String line) throws IOException {
            send(line);
            return String.valueOf(in.readLine());
        }

        @Nullable String readLine() throws IOException {
            return in.readLine();
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    @Override
    public void close() {
        master.destroyForcibly();
        others.forEach(ProcessHandle::destroyForcibly);
    }
}
