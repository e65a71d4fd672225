// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.listeners;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Descriptors by name, as environment variables tell of them: the syntax alone, nothing is asked of
 * the kernel. Immutable.
 */
final class HandedOver {
    static final String STARTER = "SERVER_STARTER_PORT";

    /** The number of Einhorn's own process. */
    static final String EINHORN = "EINHORN_MASTER_PID";

    /** The first descriptor of systemd's (SD_LISTEN_FDS_START). */
    private static final int SYSTEMD_START = 3;

    /** What systemd calls a socket that it was given no name for. */
    private static final String UNKNOWN = "unknown";

    /** More descriptors than a process may have open are a mistake. */
    private static final int COUNT_MAX = 65_536;

    static final HandedOver NOTHING = new HandedOver(List.of());

    private final List<Named> descriptors;

    /** A descriptor, what it is called, and which variable said so. */
    record Named(String name, int fd, String variable) {}

    private HandedOver(List<Named> descriptors) {
        this.descriptors = List.copyOf(descriptors);
    }

    List<Named> descriptors() {
        return descriptors;
    }

    /** What a master hands to its workers: {@link Inheritance}. */
    static HandedOver ringfork(Map<String, String> environment) {
        List<Named> descriptors = new ArrayList<>();
        Inheritance.read(environment)
                .forEach((name, fd) -> descriptors.add(new Named(name, fd, Inheritance.LISTENERS)));
        return new HandedOver(descriptors);
    }

    /** {@code port=fd;host:port=fd;/path=fd}. */
    static HandedOver starter(Map<String, String> environment) {
        String text = environment.getOrDefault(STARTER, "");
        return new HandedOver(pairs(STARTER, text, "host:port=descriptor;/path=descriptor"));
    }

    private static List<Named> pairs(String variable, String text, String syntax) {
        List<Named> pairs = new ArrayList<>();
        for (String entry : text.isEmpty() ? new String[0] : text.split(";", -1)) {
            // A path may hold the sign that ends it; a number does not.
            int equals = entry.lastIndexOf('=');
            if (equals < 1) {
                throw new IllegalArgumentException(
                        "%s=%s: '%s' names no descriptor; the form is %s"
                                .formatted(variable, text, entry, syntax));
            }
            int fd = number(variable, entry.substring(equals + 1), "a descriptor");
            pairs.add(new Named(entry.substring(0, equals), fd, variable));
        }
        return pairs;
    }

    /**
     * Descriptors from 3 on, for the process whose number {@code LISTEN_PID} is; for any other the
     * variables are left over from a parent.
     */
    static HandedOver systemd(Map<String, String> environment, int pid) {
        String forWhom = environment.get("LISTEN_PID");
        String howMany = environment.get("LISTEN_FDS");
        if (forWhom == null || howMany == null) {
            return NOTHING;
        }
        if (number("LISTEN_PID", forWhom, "a process") != pid) {
            return NOTHING;
        }
        int count = count("LISTEN_FDS", howMany);
        List<String> names = names(environment.get("LISTEN_FDNAMES"), count);
        List<Named> descriptors = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            descriptors.add(new Named(names.get(i), SYSTEMD_START + i, "LISTEN_FDS"));
        }
        return new HandedOver(descriptors);
    }

    private static List<String> names(@Nullable String text, int count) {
        if (text == null) {
            return Collections.nCopies(count, UNKNOWN);
        }
        List<String> names = List.of(text.split(":", -1));
        if (names.size() != count) {
            throw new IllegalArgumentException(
                    "LISTEN_FDNAMES=%s: %d names for the %d descriptors of LISTEN_FDS; leave it unset or name each"
                            .formatted(text, names.size(), count));
        }
        return names;
    }

    /**
     * {@code EINHORN_FD_0} and so on, for a child of the process whose number {@code
     * EINHORN_MASTER_PID} is; for any other the variables are left over.
     */
    static HandedOver einhorn(Map<String, String> environment, int parent) {
        String howMany = environment.get("EINHORN_FD_COUNT");
        String master = environment.get(EINHORN);
        if (howMany == null) {
            return NOTHING;
        }
        if (master != null && number(EINHORN, master, "a process") != parent) {
            return NOTHING;
        }
        List<Named> descriptors = new ArrayList<>();
        int count = count("EINHORN_FD_COUNT", howMany);
        for (int i = 0; i < count; i++) {
            String variable = "EINHORN_FD_" + i;
            String fd = environment.get(variable);
            if (fd == null) {
                throw new IllegalArgumentException(
                        "EINHORN_FD_COUNT=%s, but %s is not set: start this by einhorn, or unset both"
                                .formatted(howMany, variable));
            }
            int number = number(variable, fd, "a descriptor");
            descriptors.add(new Named(Integer.toString(i), number, variable));
        }
        return new HandedOver(descriptors);
    }

    private static int count(String variable, String text) {
        int count = number(variable, text, "a number of descriptors");
        if (count > COUNT_MAX) {
            throw new IllegalArgumentException(
                    "%s=%s: more descriptors than a process has; unset it, if no supervisor set it"
                            .formatted(variable, text));
        }
        return count;
    }

    private static int number(String variable, String text, String what) {
        if (!text.matches("[0-9]{1,9}")) {
            throw new IllegalArgumentException(
                    "%s: '%s' is not %s; unset it, if no supervisor set it"
                            .formatted(variable, text, what));
        }
        return Integer.parseInt(text);
    }
}
