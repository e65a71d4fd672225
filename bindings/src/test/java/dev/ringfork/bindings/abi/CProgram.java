// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings.abi;

import dev.ringfork.bindings.Platform;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;

/**
 * Writes C programs that hold rows of {@link AbiTables} against the headers of a compiler.
 *
 * <p>One kind of program prints what C makes of each name and has to run; the other asserts it
 * while it is compiled, which a cross compiler can do for a platform that is not at hand.
 */
final class CProgram {

    /** What is said of a name that the headers lack. */
    static final String LACKING = "lacking";

    private static final String LINUX_FEATURES = "#define _GNU_SOURCE\n";

    /** Without it Apple's headers keep the options of RFC 3542, IPV6_PKTINFO for one, back. */
    private static final String MACOS_FEATURES = "#define __APPLE_USE_RFC_3542\n";

    private static final List<String> HEADERS =
            List.of(
                    "aio.h",
                    "errno.h",
                    "fcntl.h",
                    "limits.h",
                    "poll.h",
                    "pthread.h",
                    "signal.h",
                    "spawn.h",
                    "stddef.h",
                    "stdio.h",
                    "sys/file.h",
                    "sys/ioctl.h",
                    "sys/mman.h",
                    "sys/resource.h",
                    "sys/select.h",
                    "sys/socket.h",
                    "sys/stat.h",
                    "sys/time.h",
                    "sys/types.h",
                    "sys/uio.h",
                    "sys/un.h",
                    "sys/wait.h",
                    "netinet/in.h",
                    "netinet/tcp.h",
                    "unistd.h");

    private static final List<String> LINUX_HEADERS =
            List.of(
                    "linux/futex.h",
                    "linux/io_uring.h",
                    "linux/mman.h",
                    "sys/epoll.h",
                    "sys/eventfd.h",
                    "sys/prctl.h",
                    "sys/syscall.h");

    /** Of Linux too, but younger than some C libraries. */
    private static final List<String> LINUX_OPTIONAL_HEADERS = List.of("sys/pidfd.h");

    private static final List<String> MACOS_HEADERS = List.of("sys/event.h", "sys/ucred.h");

    private CProgram() {}

    /** A program that prints {@code key=value} for every row, in the form of the rows. */
    static String printing(Platform platform, NavigableMap<String, String> rows) {
        StringBuilder c = includes(platform);
        c.append("int main(void) {\n");
        for (String key : rows.keySet()) {
            String print = print(key);
            optional(c, key, print, "puts(\"%s=%s\");".formatted(key, LACKING));
        }
        return c.append("    return 0;\n}\n").toString();
    }

    /**
     * A program that compiles only if every row is true. Headers older than a name are no failure:
     * the compiler says {@code lacking: NAME} of each that they do not have.
     */
    static String asserting(Platform platform, NavigableMap<String, String> rows) {
        StringBuilder c = includes(platform);
        for (Map.Entry<String, String> row : rows.entrySet()) {
            String key = row.getKey();
            optional(c, key, assertion(key, row.getValue()), message(key));
        }
        return c.toString();
    }

    private static StringBuilder includes(Platform platform) {
        StringBuilder c = new StringBuilder();
        c.append(platform.linux() ? LINUX_FEATURES : MACOS_FEATURES);
        HEADERS.forEach(header -> include(c, header));
        if (platform.linux()) {
            LINUX_HEADERS.forEach(header -> include(c, header));
            for (String header : LINUX_OPTIONAL_HEADERS) {
                c.append("#if __has_include(<").append(header).append(">)\n");
                include(c, header);
                c.append("#endif\n");
            }
        } else {
            MACOS_HEADERS.forEach(header -> include(c, header));
        }
        return c.append('\n');
    }

    private static void include(StringBuilder c, String header) {
        c.append("#include <").append(header).append(">\n");
    }

    /** A statement for a name if the headers have it, and another if not. */
    private static void optional(StringBuilder c, String key, String there, String lacking) {
        c.append("#if ").append(HeaderAge.condition(bareName(key), type(key))).append('\n');
        c.append(there).append("\n#else\n").append(lacking).append("\n#endif\n");
    }

    /** Read by whoever compiles; neither gcc nor clang makes it an error. */
    private static String message(String key) {
        return "#pragma message(\"%s: %s\")".formatted(LACKING, bareName(key));
    }

    private static String print(String key) {
        if (type(key)) {
            String format = key.startsWith("struct ") ? "%zu/%zu" : "%zu:%zu";
            return "printf(\"%s=%s\\n\", %s, %s);".formatted(key, format, first(key), second(key));
        }
        return "printf(\"%s=%%lld\\n\", (long long) (%s));".formatted(key, first(key));
    }

    private static String assertion(String key, String value) {
        String truth;
        if (type(key)) {
            int separator = Math.max(value.indexOf('/'), value.indexOf(':'));
            truth =
                    "%s == %s && %s == %s"
                            .formatted(
                                    first(key),
                                    value.substring(0, separator),
                                    second(key),
                                    value.substring(separator + 1));
        } else {
            truth = "(long long) (%s) == %sLL".formatted(first(key), value);
        }
        return "_Static_assert(%s, \"%s is not %s\");".formatted(truth, key, value);
    }

    /** The name in C that a row is of. */
    private static String name(String key) {
        return key.substring(key.indexOf(' ') + 1);
    }

    /** The name without what C writes before that of a type. */
    static String bareName(String key) {
        String name = name(key);
        return name.startsWith("struct ") ? name.substring("struct ".length()) : name;
    }

    /** Whether a row is of a type or one of its fields, rather than of a number. */
    private static boolean type(String key) {
        return key.startsWith("struct ") || key.startsWith("field ");
    }

    /** The first number of a row as an expression of C: the number, the size, or the offset. */
    private static String first(String key) {
        String name = name(key);
        if (key.startsWith("struct ")) {
            return "sizeof(" + name + ")";
        }
        if (key.startsWith("field ")) {
            int dot = name.indexOf('.');
            return "offsetof(%s, %s)".formatted(name.substring(0, dot), name.substring(dot + 1));
        }
        return name;
    }

    /** The second number of a row as an expression of C: the alignment, or the field's size. */
    private static String second(String key) {
        String name = name(key);
        if (key.startsWith("struct ")) {
            return "_Alignof(" + name + ")";
        }
        int dot = name.indexOf('.');
        return "sizeof(((%s *) 0)->%s)".formatted(name.substring(0, dot), name.substring(dot + 1));
    }
}
