// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.probe;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.Platform;
import dev.ringfork.bindings.Syscalls;
import dev.ringfork.bindings.abi.Layouts;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What decides whether io_uring can be had: the kernel, its settings, limits and filters. */
final class Surroundings {
    /** These files are short, and the kernel writes them anew for each read. */
    private static final int FILE_BYTES = 8192;

    private static final Path DISABLED = Path.of("/proc/sys/kernel/io_uring_disabled");
    private static final Path GROUP = Path.of("/proc/sys/kernel/io_uring_group");
    private static final Path LIMITS = Path.of("/proc/self/limits");
    private static final Path STATUS = Path.of("/proc/thread-self/status");

    private final Syscalls syscalls;
    private final @Nullable String disabled = line(DISABLED, "");
    private final @Nullable String group = line(GROUP, "");
    private final @Nullable String seccomp = line(STATUS, "Seccomp:");

    Surroundings(Syscalls syscalls) {
        this.syscalls = syscalls;
    }

    /** Facts by name, in the order they are shown. */
    Map<String, String> facts() {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("kernel", System.getProperty("os.name") + " " + System.getProperty("os.version"));
        facts.put("platform", Platform.current().key());
        facts.put("calls by", syscalls.provider());
        if (Platform.current().linux()) {
            facts.put("kernel.io_uring_disabled", disabled());
            facts.put("kernel.io_uring_group", group == null ? "not there" : group);
            facts.put("RLIMIT_MEMLOCK", limit("Max locked memory"));
            facts.put("RLIMIT_NOFILE", limit("Max open files"));
            facts.put("seccomp", seccomp());
            facts.put("io_uring", permission());
        }
        return facts;
    }

    private String disabled() {
        if (disabled == null) {
            return "not there: the kernel is older than 6.6, or has no io_uring";
        }
        return switch (disabled) {
            case "0" -> "0 (for everyone)";
            case "1" -> "1 (for the group and who has CAP_SYS_ADMIN)";
            case "2" -> "2 (for nobody)";
            default -> disabled;
        };
    }

    private static String limit(String name) {
        String values = line(LIMITS, name);
        if (values == null) {
            return "unknown";
        }
        String[] words = values.split(" +", -1);
        return words.length < 2 ? values : "%s, at most %s".formatted(words[0], words[1]);
    }

    private boolean filtered() {
        return "2".equals(seccomp) || "1".equals(seccomp);
    }

    private String seccomp() {
        if (seccomp == null) {
            return "unknown";
        }
        return filtered() ? "a filter is active (%s)".formatted(seccomp) : "no filter";
    }

    /** Whether a ring may be asked for, and if not who forbids it and what helps. */
    private String permission() {
        int errno = setupErrno();
        if (errno == Errno.EINVAL) {
            return "allowed";
        }
        return "%s: %s".formatted(Errno.name(errno), cause(errno));
    }

    /**
     * What setup says to a ring of no entries: EINVAL if a real one might be had, for whether it is
     * allowed is looked at first.
     */
    private int setupErrno() {
        try (Arena arena = Arena.ofConfined()) {
            long bytes = Layouts.current().size("io_uring_params");
            long params = arena.allocate(bytes, Long.BYTES).address();
            return -syscalls.ioUring().io_uring_setup(0, params);
        }
    }

    private String cause(int errno) {
        if (errno == Errno.EPERM && "2".equals(disabled)) {
            return "forbidden by the sysctl kernel.io_uring_disabled, set it to 0";
        }
        if (errno == Errno.EPERM && "1".equals(disabled)) {
            return "forbidden by the sysctl kernel.io_uring_disabled, set it to 0 or join the group"
                    + " that kernel.io_uring_group names";
        }
        if (filtered()) {
            return "forbidden by the seccomp filter, most likely: allow io_uring_setup,"
                    + " io_uring_enter and io_uring_register in its profile";
        }
        return errno == Errno.ENOSYS
                ? "the kernel has no io_uring, or is older than 5.1"
                : "forbidden, by a security module perhaps";
    }

    /** What stands behind a word at the beginning of a line, or null. */
    private static @Nullable String line(Path file, String beginning) {
        // Such a file gives its content to the first read.
        byte[] bytes = new byte[FILE_BYTES];
        try (InputStream stream = Files.newInputStream(file)) {
            int length = Math.max(0, stream.read(bytes));
            return new String(bytes, 0, length, UTF_8)
                    .lines()
                    .filter(line -> line.startsWith(beginning))
                    .findFirst()
                    .map(line -> line.substring(beginning.length()).strip())
                    .orElse(null);
        } catch (IOException e) {
            // Another system, or a kernel without it: the caller says so.
            return null;
        }
    }
}
