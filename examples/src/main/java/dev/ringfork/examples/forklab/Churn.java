// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.forklab;

import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Threads that have the machine do all at once what is awkward to be stopped at. They go on in a
 * child until that stops its own. Safe for use by many threads.
 */
final class Churn {
    /** Small libraries of the JDK that nothing here uses, so that they are unloaded each time. */
    private static final List<String> LIBRARIES =
            List.of("libprefs.so", "libj2pcsc.so", "libsctp.so");

    private static final long BREATH_NS = 200_000;
    private static final long COLLECTIONS_MS = 20;
    private static final int GARBAGE_BYTES = 64 << 10;

    private final Object monitor = new Object();
    private final Path jar;
    private volatile boolean on = true;
    private volatile byte @Nullable [] garbage;
    private volatile @Nullable Throwable failure;
    private int count;

    Churn(Path jar) {
        this.jar = jar;
    }

    /** Starts; {@link #stop} ends. */
    List<Thread> start() {
        List<Thread> all = new ArrayList<>();
        all.add(thread("collections", this::collect));
        all.add(thread("threads", () -> join(Thread.ofPlatform().start(() -> {}))));
        all.add(thread("virtual threads", () -> join(Thread.ofVirtual().start(() -> {}))));
        all.add(thread("monitor 1", this::contend));
        all.add(thread("monitor 2", this::contend));
        all.add(thread("allocation", this::allocate));
        all.add(
                thread(
                        "classes",
                        () -> {
                            Unseen.churn(jar);
                            return count;
                        }));
        for (String name : LIBRARIES) {
            Path library = Path.of(System.getProperty("java.home"), "lib", name);
            if (Files.exists(library)) {
                all.add(thread("libraries", () -> load(library)));
                break;
            }
        }
        return all;
    }

    /** Has them end, in this process; one that has failed before tells of it. */
    void stop() throws Broken {
        on = false;
        Throwable died = failure;
        Broken.unless(
                died == null, "a thread that churned died of %s".formatted(String.valueOf(died)));
    }

    private Thread thread(String name, Callable<?> step) {
        return Thread.ofPlatform()
                .daemon()
                .name("churn: " + name)
                .start(() -> {
                    try {
                        while (on) {
                            step.call();
                            LockSupport.parkNanos(BREATH_NS);
                        }
                    } catch (Exception | Error e) {
                        failure = e;
                    }
                });
    }

    private boolean collect() throws InterruptedException {
        System.gc();
        Thread.sleep(COLLECTIONS_MS);
        return true;
    }

    private static boolean join(Thread thread) throws InterruptedException {
        thread.join();
        return true;
    }

    private int contend() {
        for (int i = 0; i < 1000; i++) {
            synchronized (monitor) {
                count++;
            }
        }
        return count;
    }

    private boolean allocate() {
        for (int i = 0; i < 10; i++) {
            garbage = new byte[GARBAGE_BYTES];
        }
        return garbage != null;
    }

    // To load and unload a library again and again is what it is for.
    @SuppressWarnings("restricted")
    private static boolean load(Path library) {
        try (Arena arena = Arena.ofConfined()) {
            return SymbolLookup.libraryLookup(library, arena).find("none").isPresent();
        }
    }
}
