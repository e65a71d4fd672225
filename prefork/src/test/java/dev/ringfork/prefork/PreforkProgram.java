// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork;

import dev.ringfork.bindings.Account;
import dev.ringfork.bindings.Address;
import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.Syscalls;
import dev.ringfork.bindings.WaitStatus;
import dev.ringfork.bindings.abi.Layouts;
import dev.ringfork.bindings.abi.ProcessConstants;
import dev.ringfork.prefork.accept.AcceptMutexKind;
import dev.ringfork.prefork.accept.AcceptStrategy;
import dev.ringfork.prefork.accept.Accepting;
import dev.ringfork.prefork.master.MasterSettings;
import dev.ringfork.prefork.master.Scale;
import dev.ringfork.prefork.process.ForkHooks;
import dev.ringfork.prefork.service.Processors;
import dev.ringfork.prefork.service.ServiceSettings;
import dev.ringfork.reactor.protocol.Buffer;
import dev.ringfork.reactor.protocol.Connection;
import dev.ringfork.reactor.protocol.Protocol;
import dev.ringfork.reactor.protocol.Session;
import dev.ringfork.reactor.server.ServerSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.concurrent.locks.LockSupport;

/**
 * A program that is a master and its workers, run by tests in processes of its own. Settings are
 * arguments, {@code workers=2}; what happens is a line on standard output each.
 */
final class PreforkProgram {
    private static final int OCTAL = 8;

    /** What this process had loaded when it became a worker. */
    private static volatile long loadedBefore = loaded();

    private PreforkProgram() {}

    private static long loaded() {
        return ManagementFactory.getClassLoadingMXBean().getTotalLoadedClassCount();
    }

    public static void main(String[] arguments) {
        Map<String, String> given = new HashMap<>();
        for (String argument : arguments) {
            String[] parts = argument.split("=", 2);
            given.put(parts[0], parts[1]);
        }
        System.setProperty("ringfork.launcher", given.getOrDefault("launcher", ""));
        Prefork.Builder prefork =
                Prefork.builder(() -> protocol(given))
                        .settings(settings(given))
                        .server(server(given))
                        .accept(accepting(given))
                        .spawn(Spawn.valueOf(given.getOrDefault("spawn", "EXEC")))
                        .service(service(given))
                        .hooks(new Spoken(given));
        if (given.containsKey("forks")) {
            prefork.forkHooks(new Written(Path.of(given.get("forks"))));
        }
        addresses(given).forEach(address -> prefork.listen(Address.parse(address)));
        if (given.containsKey("pidfile")) {
            prefork.pidFile(Path.of(given.get("pidfile")));
        }
        if (given.containsKey("control")) {
            prefork.control(Path.of(given.get("control")));
        }
        int exitCode = prefork.run();
        if (!Prefork.isChild()) {
            System.out.println("children " + children());
        }
        System.exit(exitCode);
    }

    /** Of a file they may change from one master to the next. */
    private static List<String> addresses(Map<String, String> given) {
        String file = given.get("addresses");
        if (file == null) {
            return List.of(given.getOrDefault("listen", "127.0.0.1:0"));
        }
        try {
            return Files.readAllLines(Path.of(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Protocol protocol(Map<String, String> given) {
        if (given.containsKey("nothing")) {
            throw new IllegalStateException("there is nothing to speak");
        }
        return LineSession::new;
    }

    private static ServerSettings server(Map<String, String> given) {
        return ServerSettings.builder()
                .maxConnections(Integer.parseInt(given.getOrDefault("connections", "65536")))
                .softConnections(Integer.parseInt(given.getOrDefault("soft", "0")))
                .softIdle(Duration.ofMillis(100))
                .build();
    }

    private static ServiceSettings service(Map<String, String> given) {
        ServiceSettings service = ServiceSettings.DEFAULT;
        if (given.containsKey("user")) {
            service = service.account(Account.of(given.get("user"), null));
        }
        if (given.containsKey("affinity")) {
            service = service.processors(Processors.parse(given.get("affinity")));
        }
        if (given.containsKey("log")) {
            service = service.log(Path.of(given.get("log")));
        }
        if (given.containsKey("daemon")) {
            service = service.background();
        }
        return service.umask(Integer.parseInt(given.getOrDefault("umask", "-1"), OCTAL))
                .files(Long.parseLong(given.getOrDefault("nofile", "0")));
    }

    private static Accepting accepting(Map<String, String> given) {
        return new Accepting(
                AcceptStrategy.valueOf(given.getOrDefault("accept", "SHARED")),
                AcceptMutexKind.valueOf(given.getOrDefault("mutex", "FUTEX")),
                Duration.ofMillis(100),
                1);
    }

    private static MasterSettings settings(Map<String, String> given) {
        return MasterSettings.builder()
                .workers(Integer.parseInt(given.getOrDefault("workers", "1")))
                .drainTimeout(time(given, "drain", 10_000))
                .heartbeat(time(given, "heartbeat", 100))
                .workerTimeout(time(given, "late", 20_000))
                .bootTimeout(time(given, "boot", 20_000))
                .upgradeTimeout(time(given, "upgrade", 20_000))
                .maxRequests(Long.parseLong(given.getOrDefault("requests", "0")))
                .maxMemoryBytes(Long.parseLong(given.getOrDefault("memory", "0")))
                .scale(scale(given))
                .maxBootFailures(Integer.parseInt(given.getOrDefault("failures", "5")))
                .build();
    }

    private static Scale scale(Map<String, String> given) {
        return switch (given.getOrDefault("scale", "static")) {
            case "dynamic" ->
                    Scale.dynamic(
                            Integer.parseInt(given.get("least")),
                            Integer.parseInt(given.get("most")));
            case "per-connection" ->
                    Scale.perConnection(Integer.parseInt(given.getOrDefault("spare", "0")));
            case "ondemand" -> Scale.onDemand(time(given, "idle", 10_000));
            default -> Scale.STATIC;
        };
    }

    private static Duration time(Map<String, String> given, String name, long defaultMs) {
        return Duration.ofMillis(Long.parseLong(given.getOrDefault(name, "" + defaultMs)));
    }

    /** Whether a child is left that was not reaped. */
    private static String children() {
        try (Arena arena = Arena.ofConfined()) {
            int result =
                    Syscalls.get()
                            .processes()
                            .waitid(
                                    ProcessConstants.P_ALL,
                                    0,
                                    arena.allocate(Layouts.current().size("siginfo_t"), 8),
                                    ProcessConstants.WEXITED | ProcessConstants.WNOHANG);
            return result == -Errno.ECHILD ? "none" : "some";
        }
    }

    /**
     * {@code pid} is answered at once, {@code loaded} by how many classes this worker has loaded;
     * {@code begin} only when {@code end} has come.
     */
    private static final class LineSession implements Session {
        private final Connection connection;
        private final StringBuilder text = new StringBuilder();
        private boolean served;
        private boolean begun;
        private boolean draining;

        LineSession(Connection connection) {
            this.connection = connection;
        }

        @Override
        public void received(Buffer in) {
            for (int i = in.start(); i < in.end(); i++) {
                text.append((char) in.get(i));
            }
            in.consume(in.length());
            for (int end; (end = text.indexOf("\n")) >= 0; ) {
                String line = text.substring(0, end);
                text.delete(0, end + 1);
                answer(line);
            }
        }

        private void answer(String line) {
            served = true;
            switch (line) {
                case "begin" -> {
                    begun = true;
                    say("begun");
                }
                case "end" -> {
                    begun = false;
                    say("ended");
                    if (draining) {
                        connection.close();
                    }
                }
                case "loaded" -> say(Long.toString(loaded() - loadedBefore));
                case "hang" -> {
                    while (true) {
                        LockSupport.park();
                    }
                }
                default -> {
                    say(Long.toString(ProcessHandle.current().pid()));
                    if (draining) {
                        connection.close();
                    }
                }
            }
        }

        private void say(String line) {
            connection.write((line + "\n").getBytes(StandardCharsets.US_ASCII));
        }

        @Override
        public void draining(Connection same) {
            draining = true;
            if (!served) {
                // What it asks may be on the way.
                connection.expireAfter(1_000_000_000L);
            } else if (!begun) {
                connection.close();
            }
        }
    }

    /** Writes the calls to a file, and refuses what is named in one beside it. */
    private record Written(Path file) implements ForkHooks {
        private void write(String call) {
            long pid = ProcessHandle.current().pid();
            try {
                Files.writeString(
                        file,
                        "%s %d\n".formatted(call, pid),
                        StandardOpenOption.CREATE,
                        StandardOpenOption.APPEND);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            if (Files.exists(file.resolveSibling("not " + call))) {
                throw new IllegalStateException("it is not to be");
            }
        }

        @Override
        public void beforeFork() {
            write("before");
        }

        @Override
        public void afterForkParent() {
            write("parent");
        }

        @Override
        public void afterForkChild() {
            write("child");
        }
    }

    /** Says what happens. */
    private record Spoken(Map<String, String> given) implements Hooks {
        @Override
        public void masterStarted(List<Address> addresses) {
            System.out.println("master " + ProcessHandle.current().pid());
            System.out.println("started " + addresses.getFirst());
        }

        @Override
        public void beforeFork(int slot, int generation) {
            System.out.println("fork " + slot);
        }

        @Override
        public void afterFork(Worker worker) {
            loadedBefore = loaded();
            Path broken = Path.of(given.getOrDefault("broken", "/nonexistent/file"));
            if (Files.exists(broken)) {
                System.exit(1);
            }
            awaitEnd("stuck");
            while (given.containsKey("hang")) {
                LockSupport.park();
            }
            if (given.containsKey("inventory")) {
                System.out.println("inventory " + inventory());
            }
        }

        /** Waits until a file is gone. */
        private void awaitEnd(String name) {
            Path file = Path.of(given.getOrDefault(name, "/nonexistent/file"));
            while (Files.exists(file)) {
                LockSupport.parkNanos(10_000_000L);
            }
        }

        @Override
        public void workerReady(int slot, int generation, int pid) {
            System.out.println("ready %d %d %d".formatted(slot, generation, pid));
        }

        @Override
        public void workerExit(int slot, int generation, int pid, WaitStatus status) {
            System.out.println("exit %d %d %s".formatted(slot, pid, status));
        }

        @Override
        public void masterServing() {
            awaitEnd("held");
            System.out.println("serving " + ProcessHandle.current().pid());
        }

        @Override
        public void upgraded(int newMasterPid) {
            System.out.println("succeeded " + newMasterPid);
        }

        @Override
        public void beforeUpgrade() {
            beforeReload();
        }

        @Override
        public void beforeReload() {
            if (Files.exists(Path.of(given.getOrDefault("refuse", "/nonexistent/file")))) {
                throw new IllegalStateException("the configuration is bad");
            }
        }

        @Override
        public void reopen() {
            System.out.println("reopened " + ProcessHandle.current().pid());
        }

        /** All descriptors and what they are. */
        private static String inventory() {
            StringJoiner all = new StringJoiner(" ");
            try (DirectoryStream<Path> fds = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
                for (Path fd : fds) {
                    String what = Files.readSymbolicLink(fd).toString();
                    all.add(fd.getFileName() + "=" + what.replace(' ', '_'));
                }
            } catch (IOException e) {
                // The one that lists them is gone before it is looked at.
                return all.toString();
            }
            return all.toString();
        }
    }
}
