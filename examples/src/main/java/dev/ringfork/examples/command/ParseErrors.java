// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.command;

import java.util.Arrays;
import picocli.CommandLine;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * Says in one sentence what is wrong with a command line or with the environment that completes it.
 */
final class ParseErrors {
    private ParseErrors() {}

    static String sentence(ParameterException error, String[] arguments) {
        if (error instanceof UnmatchedArgumentException unmatched) {
            return unknown(unmatched.getUnmatched().getFirst(), error.getCommandLine());
        }
        if (error instanceof MissingParameterException missing
                && missing.getMissing().getFirst() instanceof OptionSpec option) {
            return "%s needs a value: %s=%s"
                    .formatted(option.longestName(), option.longestName(), option.paramLabel());
        }
        Throwable reason =
                error.getCause() instanceof IllegalArgumentException cause ? cause : error;
        String sentence = Refusal.message(reason);
        return error.getArgSpec() instanceof OptionSpec option
                ? origin(option, arguments) + ": " + sentence
                : sentence;
    }

    private static String unknown(String argument, CommandLine command) {
        boolean flag = argument.startsWith("-");
        String word = flag ? argument.replaceFirst("=.*", "") : argument;
        String known =
                Spelling.closest(
                        word,
                        flag
                                ? command.getCommandSpec().optionsMap().keySet()
                                : command.getSubcommands().keySet());
        return "there is no %s %s: %s%s --help lists what there is"
                .formatted(
                        flag ? "flag" : command.getSubcommands().isEmpty() ? "argument" : "command",
                        word,
                        known == null ? "" : "did you mean " + known + "? ",
                        command.getCommandSpec().qualifiedName());
    }

    /** The flag, or the variable if the flag is not among the arguments. */
    private static String origin(OptionSpec option, String[] arguments) {
        String flag = option.longestName();
        boolean given =
                Arrays.stream(arguments)
                        .anyMatch(each -> each.equals(flag) || each.startsWith(flag + "="));
        return given ? flag : EnvironmentDefaults.variable(option);
    }
}
