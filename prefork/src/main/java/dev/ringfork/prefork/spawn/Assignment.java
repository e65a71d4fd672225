// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.spawn;

import dev.ringfork.bindings.Syscalls;
import dev.ringfork.prefork.listeners.Inheritance;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What makes a process a worker: which one it is, and what it was handed. It travels in environment
 * variables. Immutable.
 *
 * @param slot its place among the workers, from 0
 * @param generation how many times the workers were reloaded before it, and one
 * @param masterPid the process that started it
 * @param manifest its descriptors, with the numbers that they have in this process
 */
public record Assignment(int slot, int generation, int masterPid, Manifest manifest) {
    /** {@code slot,generation,pid of the master}. */
    public static final String WORKER = "RINGFORK_WORKER";

    private static final String CHANNEL = "RINGFORK_CHANNEL";
    private static final String LIFELINE = "RINGFORK_LIFELINE";

    // Named unlike any flag: flags have variables too, and the command line is the same.
    private static final String ACCEPT_LOCK = "RINGFORK_ACCEPT_LOCK";
    private static final String PASSING = "RINGFORK_PASSING";

    /** {@code descriptor,record}. */
    private static final String SCOREBOARD = "RINGFORK_SCOREBOARD";

    /**
     * Reads what a process was assigned.
     *
     * @return the assignment, or null if it is no worker
     * @throws IllegalArgumentException if the variables make no sense
     */
    public static @Nullable Assignment read(Syscalls syscalls, Map<String, String> environment) {
        String worker = environment.get(WORKER);
        if (worker == null) {
            return null;
        }
        int[] who = numbers(WORKER, worker, 3);
        int channel = numbers(CHANNEL, environment.get(CHANNEL), 1)[0];
        return Channel.isHandedOver(syscalls, channel, who[2]) ? parse(environment) : null;
    }

    /**
     * Reads what a process is to be assigned.
     *
     * @throws IllegalArgumentException if the variables make no sense
     */
    static Assignment parse(Map<String, String> environment) {
        int[] who = numbers(WORKER, environment.get(WORKER), 3);
        int[] scoreboard = numbers(SCOREBOARD, environment.get(SCOREBOARD), 2);
        return new Assignment(
                who[0],
                who[1],
                who[2],
                new Manifest(
                        Inheritance.read(environment),
                        numbers(CHANNEL, environment.get(CHANNEL), 1)[0],
                        numbers(LIFELINE, environment.get(LIFELINE), 1)[0],
                        scoreboard[0],
                        optional(ACCEPT_LOCK, environment),
                        optional(PASSING, environment),
                        scoreboard[1]));
    }

    /** A descriptor, or -1 where there is none. */
    private static int optional(String variable, Map<String, String> environment) {
        String fd = environment.getOrDefault(variable, "");
        return fd.isEmpty() ? -1 : numbers(variable, fd, 1)[0];
    }

    private static int[] numbers(String variable, @Nullable String text, int count) {
        String[] parts = text == null ? new String[0] : text.split(",", -1);
        int[] numbers = new int[count];
        boolean good = parts.length == count;
        for (int i = 0; good && i < count; i++) {
            good = parts[i].matches("\\d{1,9}");
            numbers[i] = good ? Integer.parseInt(parts[i]) : 0;
        }
        if (!good) {
            throw new IllegalArgumentException(
                    "%s=%s: that is set by a master only".formatted(variable, text));
        }
        return numbers;
    }

    /** The same with descriptors of other numbers. */
    Assignment with(Manifest other) {
        return new Assignment(slot, generation, masterPid, other);
    }

    /** The same with the numbers that the descriptors have in the worker. */
    Assignment there() {
        return with(manifest.there());
    }

    /** An environment with this in it, and without what it said before. */
    public Map<String, String> in(Map<String, String> environment) {
        Map<String, String> all = new HashMap<>(environment);
        all.putAll(variables());
        return all;
    }

    /** It alone. */
    Map<String, String> variables() {
        Map<String, String> variables = new LinkedHashMap<>();
        variables.put(WORKER, "%d,%d,%d".formatted(slot, generation, masterPid));
        variables.put(Inheritance.LISTENERS, Inheritance.write(manifest.listeners()));
        variables.put(CHANNEL, Integer.toString(manifest.channel()));
        variables.put(LIFELINE, Integer.toString(manifest.lifeline()));
        variables.put(SCOREBOARD, "%d,%d".formatted(manifest.scoreboard(), manifest.record()));
        // Empty where there is none: a master that is another one's worker has one in its own.
        variables.put(ACCEPT_LOCK, optional(manifest.acceptMutex()));
        variables.put(PASSING, optional(manifest.passing()));
        return variables;
    }

    private static String optional(int fd) {
        return fd < 0 ? "" : Integer.toString(fd);
    }
}
