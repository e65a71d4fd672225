// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.selftest;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.ringfork.bindings.Platform;
import dev.ringfork.bindings.Syscalls;
import java.io.IOException;
import java.io.PrintStream;
import java.util.concurrent.TimeUnit;

/** The beginning of a report: what it was made on. */
public final class Heading {
    private static final long PROGRAM_MS = 2_000;

    private Heading() {}

    /**
     * Prints it.
     *
     * @param command whose report it is
     * @param version of Ringfork
     */
    public static void print(PrintStream out, String command, String version, Syscalls syscalls) {
        Runtime runtime = Runtime.getRuntime();
        out.printf("Ringfork %s %s%n", version, command);
        line(out, "system", property("os.name") + " " + property("os.version"));
        line(out, "kernel", output("uname", "-s", "-r", "-v", "-m"));
        line(out, "platform", Platform.current().key());
        line(out, "C library", libc());
        line(out, "Java", Runtime.version() + ", " + property("java.vm.name"));
        line(out, "Java by", property("java.vendor") + " " + property("java.vendor.version"));
        line(
                out,
                "machine",
                "%d processors, %d MB of heap"
                        .formatted(runtime.availableProcessors(), runtime.maxMemory() >> 20));
        line(out, "calls by", syscalls.provider());
        line(out, "libringfork", library());
        out.println();
    }

    private static void line(PrintStream out, String name, Object value) {
        out.printf("%-12s%s%n", name, value);
    }

    private static String library() {
        try {
            return Libringfork.load().version();
        } catch (Unavailable absent) {
            return "none: " + absent.getMessage();
        }
    }

    private static String property(String name) {
        return System.getProperty(name, "");
    }

    private static String libc() {
        if (Platform.current().macos()) {
            return "libSystem";
        }
        String glibc = output("getconf", "GNU_LIBC_VERSION");
        return glibc.startsWith("glibc") ? glibc : "not glibc";
    }

    /** The first line of what a program prints, or a word for why there is none. */
    private static String output(String... command) {
        try {
            Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
            if (!process.waitFor(PROGRAM_MS, TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
                return "unknown, %s does not end".formatted(command[0]);
            }
            String text = new String(process.getInputStream().readAllBytes(), UTF_8);
            return text.lines().findFirst().orElse("unknown");
        } catch (IOException e) {
            return "unknown, there is no " + command[0];
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "unknown";
        }
    }
}
