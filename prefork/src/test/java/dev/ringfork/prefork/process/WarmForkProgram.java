// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.process;

import dev.ringfork.bindings.Syscalls;
import dev.ringfork.prefork.spawn.Spawner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;

/** A virtual machine that forks itself, for {@link WarmForkTest}; what it says are lines. */
final class WarmForkProgram {
    private final Syscalls syscalls = Syscalls.get();
    private final WarmFork warm = new WarmFork(syscalls);

    private WarmForkProgram() {}

    /** Runs what the first argument names. */
    public static void main(String... arguments) throws Exception {
        WarmForkProgram program = new WarmForkProgram();
        switch (arguments[0]) {
            case "random" -> program.random(Integer.parseInt(arguments[1]));
            case "prepared" -> {
                program.prepare();
                program.random(Integer.parseInt(arguments[1]));
            }
            case "found" -> program.found();
            case "identity" -> program.identity(Path.of(arguments[1]));
            case "hooks" -> program.hooks();
            case "refused" -> program.refused();
            default -> throw new IllegalArgumentException(arguments[0]);
        }
    }

    /** A generator by the name of its algorithm, used already. */
    private static SecureRandom used(String algorithm) throws GeneralSecurityException {
        SecureRandom generator = SecureRandom.getInstance(algorithm);
        generator.nextLong();
        return generator;
    }

    /** An application's own, without an implementation apart from itself. */
    private static final class Own extends SecureRandom {
        private static final long serialVersionUID = 1L;
        private long state = 1;

        @Override
        public void setSeed(byte[] seed) {
            for (byte each : seed) {
                state = 31 * state + each;
            }
        }

        @Override
        public void nextBytes(byte[] bytes) {
            for (int i = 0; i < bytes.length; i++) {
                state = 31 * state + 7;
                bytes[i] = (byte) (state >> 16);
            }
        }
    }

    private void prepare() {
        warm.prepare().forEach(obstacle -> say("obstacle %s", obstacle));
    }

    /** Whether what was found before the fork counts as all there is in the child. */
    private void found() throws Exception {
        try (ExecutorService other = Executors.newSingleThreadExecutor()) {
            other.submit(() -> {}).get();
            prepare();
            Randomness known = Randomness.find();
            if (forked() instanceof Forked.Child) {
                say("complete %s", known.complete());
                other.submit(() -> say("made %s", new SecureRandom())).get(30, TimeUnit.SECONDS);
                say("complete %s", known.complete());
                System.exit(0);
            }
        }
    }

    private void random(int children) throws Exception {
        Map<String, SecureRandom> generators = new LinkedHashMap<>();
        generators.put("default", new SecureRandom());
        for (String algorithm :
                new String[] {"DRBG", "SHA1PRNG", "NativePRNG", "NativePRNGNonBlocking"}) {
            generators.put(algorithm, used(algorithm));
        }
        generators.put("own", new Own());
        ThreadLocalRandom ofThread = ThreadLocalRandom.current();
        ofThread.nextLong();
        Math.random();
        UUID.randomUUID();
        SSLContext tls = SSLContext.getInstance("TLS");
        tls.init(null, null, null);
        tls.createSSLEngine();
        try (ExecutorService other = Executors.newSingleThreadExecutor()) {
            other.submit(() -> ThreadLocalRandom.current().nextLong()).get();
            for (int i = 0; i < children; i++) {
                if (forked() instanceof Forked.Child) {
                    Map<String, Object> drawn = new LinkedHashMap<>();
                    for (Map.Entry<String, SecureRandom> each : generators.entrySet()) {
                        drawn.put(each.getKey(), each.getValue().nextLong());
                    }
                    drawn.put("newDRBG", SecureRandom.getInstance("DRBG").nextLong());
                    drawn.put("newSHA1PRNG", SecureRandom.getInstance("SHA1PRNG").nextLong());
                    drawn.put("math", Math.random());
                    drawn.put("thread", ofThread.nextLong());
                    drawn.put(
                            "otherThread",
                            other.submit(() -> ThreadLocalRandom.current().nextLong())
                                    .get(30, TimeUnit.SECONDS));
                    drawn.put("splittable", new SplittableRandom().nextLong());
                    drawn.put("uuid", UUID.randomUUID());
                    drawn.forEach((name, value) -> say("drawn %s %s", name, value));
                    System.exit(0);
                }
            }
        }
    }

    /** Forks, and in the parent waits for the child's end. */
    private Forked forked() {
        Forked forked = warm.fork(ForkRequest.DEFAULT);
        if (forked instanceof Forked.Parent parent) {
            syscalls.descriptors().close(parent.pidfd());
            say("ended %s", Spawner.reapChild(syscalls, parent.pid()));
        }
        return forked;
    }

    private static void say(String format, Object... arguments) {
        // At once: a process that shares this pipe may write between two writes of half a line.
        System.out.print((format + "%n").formatted(arguments));
        System.out.flush();
    }

    private void identity(Path folder) throws IOException {
        Path kept = Files.createFile(folder.resolve("kept"));
        kept.toFile().deleteOnExit();
        ProcessHandle.current().pid();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> say("hook of the parent")));
        if (forked() instanceof Forked.Child child) {
            say("parent %d", child.parentPid());
            say("getpid %d", syscalls.processes().getpid());
            say("handle %d", ProcessHandle.current().pid());
            Runtime.getRuntime().addShutdownHook(new Thread(() -> say("hook of the child")));
            System.exit(3);
        }
        say("kept %s", Files.exists(kept));
    }

    private void hooks() {
        warm.hooks(new Told("first")).hooks(new Told("second"));
        if (forked() instanceof Forked.Child) {
            Runtime.getRuntime().halt(0);
        }
        warm.hooks(
                new ForkHooks() {
                    @Override
                    public void beforeFork() {
                        throw new IllegalStateException("not now");
                    }
                });
        try {
            forked();
        } catch (IllegalStateException e) {
            say("refused " + e.getMessage());
        }
    }

    private record Told(String name) implements ForkHooks {
        @Override
        public void beforeFork() {
            say("before %s", name);
        }

        @Override
        public void afterForkParent() {
            say("parent %s", name);
        }

        @Override
        public void afterForkChild() {
            say("child %s", name);
        }
    }

    private void refused() {
        warm.check().forEach(obstacle -> say("obstacle %s", obstacle));
        try {
            forked();
        } catch (IllegalStateException e) {
            say("refused " + e.getMessage());
        }
    }
}
