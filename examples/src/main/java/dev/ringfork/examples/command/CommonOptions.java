// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.command;

import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The flags of every command: they look at a configuration in place of running it. */
final class CommonOptions {
    /** The origin of a value that nobody has set. */
    private static final String DEFAULT = "default";

    @Option(
            names = "--print-config",
            description = "Print what flags, environment and defaults come to, and exit.")
    boolean printOnly;

    @Option(
            names = "--check-config",
            description = "Check the configuration without listening, and exit.")
    boolean checkOnly;

    @Spec(Spec.Target.MIXEE)
    private @Nullable CommandSpec command;

    /** Whether nothing is to be run. */
    boolean onlyLooks() {
        return printOnly || checkOnly;
    }

    /** Prints one flag a line, its value and its origin: {@code --port=9000 # RINGFORK_PORT}. */
    void print(PrintStream out) {
        CommandSpec command = command();
        for (OptionSpec option : shown(command)) {
            String line = option.longestName() + "=" + text(option.getValue());
            out.println("%-32s # %s".formatted(line, origin(command, option)));
        }
    }

    /** The value of each flag. */
    SequencedMap<String, String> values() {
        SequencedMap<String, String> values = new LinkedHashMap<>();
        for (OptionSpec option : shown(command())) {
            values.put(option.longestName(), text(option.getValue()));
        }
        return values;
    }

    private CommandSpec command() {
        return Objects.requireNonNull(command, "set by picocli");
    }

    private static List<OptionSpec> shown(CommandSpec command) {
        return command.options().stream()
                .filter(option -> option.arity().max() > 0 && !option.hidden())
                .toList();
    }

    /** Whether a flag was given, or its variable: the value is nobody's default. */
    boolean given(String flag) {
        CommandSpec command = command();
        return !origin(command, command.findOption(flag)).equals(DEFAULT);
    }

    private static String origin(CommandSpec command, OptionSpec option) {
        if (command.commandLine().getParseResult().hasMatchedOption(option)) {
            return "flag";
        }
        boolean fromEnvironment =
                command.defaultValueProvider() instanceof EnvironmentDefaults defaults
                        && defaults.defaultValue(option) != null;
        return fromEnvironment ? EnvironmentDefaults.variable(option) : DEFAULT;
    }

    private static String text(@Nullable Object value) {
        if (value == null) {
            return "";
        }
        String text = value instanceof Enum<?> constant ? Word.of(constant) : value.toString();
        return text.replace("\n", "\\n");
    }
}
