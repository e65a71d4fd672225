// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.listeners;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import java.util.StringJoiner;

/**
 * Listeners that a process was started with, as environment variables tell of them: {@code
 * RINGFORK_LISTENERS=name=fd;name=fd}. In names {@code % = ;} are written as in URLs.
 */
public final class Inheritance {
    /** The variable. */
    public static final String LISTENERS = "RINGFORK_LISTENERS";

    private Inheritance() {}

    /**
     * Reads the variable.
     *
     * @return descriptors by name, in the order in which they were written
     * @throws IllegalArgumentException if it makes no sense
     */
    public static SequencedMap<String, Integer> read(Map<String, String> environment) {
        SequencedMap<String, Integer> listeners = new LinkedHashMap<>();
        String text = environment.getOrDefault(LISTENERS, "");
        for (String entry : text.isEmpty() ? new String[0] : text.split(";", -1)) {
            int equals = entry.indexOf('=');
            String number = entry.substring(equals + 1);
            if (equals < 1 || !number.matches("\\d{1,9}")) {
                throw new IllegalArgumentException(
                        "%s=%s: write name=descriptor;name=descriptor".formatted(LISTENERS, text));
            }
            listeners.put(decoded(entry.substring(0, equals)), Integer.parseInt(number));
        }
        return listeners;
    }

    /** The variable's value for these listeners. */
    public static String write(SequencedMap<String, Integer> listeners) {
        StringJoiner text = new StringJoiner(";");
        listeners.forEach((name, fd) -> text.add(encoded(name) + "=" + fd));
        return text.toString();
    }

    private static String encoded(String name) {
        return name.replace("%", "%25").replace("=", "%3D").replace(";", "%3B");
    }

    private static String decoded(String name) {
        return name.replace("%3B", ";").replace("%3D", "=").replace("%25", "%");
    }
}
