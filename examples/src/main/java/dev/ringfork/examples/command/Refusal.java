// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.command;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine;

/** Ends a command with one sentence, which says what is wrong and what to do about it. */
final class Refusal extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final int exitCode;

    private Refusal(int exitCode, @Nullable String sentence, @Nullable Throwable cause) {
        super(sentence, cause);
        this.exitCode = exitCode;
    }

    /** What was asked for makes no sense. */
    static Refusal usage(String sentence, @Nullable Throwable cause) {
        return new Refusal(CommandLine.ExitCode.USAGE, sentence, cause);
    }

    /** What was asked for makes no sense, for the reason that an exception gives. */
    static Refusal usage(IllegalArgumentException reason) {
        return usage(message(reason), reason);
    }

    /** What was asked for cannot be had here and now. */
    static Refusal failure(String sentence, @Nullable Throwable cause) {
        return new Refusal(CommandLine.ExitCode.SOFTWARE, sentence, cause);
    }

    /** What was running has ended, with an exit code that says why. */
    static Refusal ended(int exitCode, String sentence) {
        return new Refusal(exitCode, sentence, null);
    }

    /** Why is said already. */
    static Refusal said(int exitCode) {
        return new Refusal(exitCode, null, null);
    }

    /** What an exception says, or what it is if it says nothing. */
    static String message(Throwable failure) {
        String message = failure.getMessage();
        return message == null ? failure.toString() : message;
    }

    int exitCode() {
        return exitCode;
    }
}
