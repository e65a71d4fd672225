// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.spawn;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a virtual machine is created with and what runs in it: a command line of {@code java} in the
 * form that JNI_CreateJavaVM takes. Immutable.
 *
 * @param options of the virtual machine
 * @param mainClass its name with dots
 * @param arguments of its main method
 */
record MachineStart(List<String> options, String mainClass, List<String> arguments) {
    /** Options whose value may be the next argument; the machine takes {@code name=value} alone. */
    private static final Set<String> VALUED =
            Set.of(
                    "--module-path",
                    "--upgrade-module-path",
                    "--add-modules",
                    "--limit-modules",
                    "--add-exports",
                    "--add-opens",
                    "--add-reads",
                    "--patch-module",
                    "--enable-native-access");

    private static final Set<String> CLASS_PATH = Set.of("-cp", "-classpath", "--class-path");
    private static final Set<String> MODULE = Set.of("-m", "--module");

    /** What concerns the java command alone. */
    private static final Set<String> DROPPED = Set.of("-server", "-showversion", "--show-version");

    /** Prepended to every command line of {@code java}. */
    private static final String MORE = "JDK_JAVA_OPTIONS";

    MachineStart {
        options = List.copyOf(options);
        arguments = List.copyOf(arguments);
    }

    /**
     * Reads a command line.
     *
     * @param classPath the class path that it led to, empty for none: patterns in it are resolved
     * @throws IllegalStateException if it says something that only the java command understands
     */
    static MachineStart of(
            CommandLine commandLine, Map<String, String> environment, String classPath) {
        List<String> all = new ArrayList<>(more(environment));
        all.addAll(commandLine.arguments().subList(1, commandLine.arguments().size()));
        return new Reading(all).read(classPath);
    }

    private static List<String> more(Map<String, String> environment) {
        String text = environment.getOrDefault(MORE, "").strip();
        if (text.contains("\"") || text.contains("'")) {
            throw new IllegalStateException(MORE + " has quotes, which the launcher does not read");
        }
        return text.isEmpty() ? List.of() : List.of(text.split("\\s+", -1));
    }

    /** A command line that is read from left to right. */
    private static final class Reading {
        private final List<String> all;
        private final List<String> options = new ArrayList<>();
        private int next;

        Reading(List<String> all) {
            this.all = all;
        }

        MachineStart read(String classPath) {
            if (!classPath.isEmpty()) {
                options.add("-Djava.class.path=" + classPath);
            }
            String main = null;
            while (main == null && next < all.size()) {
                main = option(all.get(next++));
            }
            if (main == null) {
                throw new IllegalStateException("the command line names no main class");
            }
            List<String> arguments = all.subList(next, all.size());
            // For those who list virtual machines.
            options.add("-Dsun.java.command=" + (main + " " + String.join(" ", arguments)).strip());
            return new MachineStart(options, mainClass(main), arguments);
        }

        /** Takes one option; the main class, or null if it was another. */
        private @Nullable String option(String word) {
            if (word.startsWith("@") || word.equals("-jar")) {
                throw new IllegalStateException(
                        "%s is for the java command alone: write a class path and a main class"
                                .formatted(word));
            }
            int equals = word.indexOf('=');
            String name = equals < 0 ? word : word.substring(0, equals);
            if (CLASS_PATH.contains(name)) {
                next += equals < 0 ? 1 : 0;
            } else if (MODULE.contains(name)) {
                return equals < 0 ? value(word) : word.substring(equals + 1);
            } else if (word.equals("-p")) {
                options.add("--module-path=" + value(word));
            } else if (VALUED.contains(word)) {
                options.add(word + "=" + value(word));
            } else if (!word.startsWith("-")) {
                return word;
            } else if (!DROPPED.contains(word) && !word.startsWith("-splash:")) {
                options.add(word);
            }
            return null;
        }

        private String value(String option) {
            if (next == all.size()) {
                throw new IllegalStateException(option + " has no value");
            }
            return all.get(next++);
        }

        /** Of {@code module/class} the module becomes an option. */
        private String mainClass(String main) {
            int slash = main.indexOf('/');
            boolean module = next >= 2 && MODULE.contains(all.get(next - 2));
            boolean joined = all.get(next - 1).startsWith("--module=");
            if (!module && !joined) {
                return main;
            }
            if (slash < 0) {
                throw new IllegalStateException(
                        "--module %s names no main class: write module/class".formatted(main));
            }
            options.add("-Djdk.module.main=" + main.substring(0, slash));
            return main.substring(slash + 1);
        }
    }
}
