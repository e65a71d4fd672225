// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.command;

import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * The environment as the place of flags that are not given: {@code RINGFORK_MAX_BODY} for {@code
 * --max-body}. An empty variable counts as unset; flags without a value have no variable.
 */
record EnvironmentDefaults(Map<String, String> environment) implements IDefaultValueProvider {

    /** The variable's name for a flag. */
    static String variable(OptionSpec option) {
        String flag = option.longestName();
        return "RINGFORK_" + flag.substring(2).replace('-', '_').toUpperCase(Locale.ROOT);
    }

    @Override
    public @Nullable String defaultValue(ArgSpec argument) {
        if (!(argument instanceof OptionSpec option) || option.arity().max() == 0) {
            return null;
        }
        String value = environment.get(variable(option));
        return value == null || value.isEmpty() ? null : value;
    }
}
