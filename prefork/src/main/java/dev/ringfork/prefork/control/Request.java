// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.control;

import dev.ringfork.prefork.master.Command;
import dev.ringfork.prefork.master.MasterSettings;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What an operator asks for, in one line: a word, and after some a format or a number. Immutable.
 *
 * @param verb what is asked for
 * @param format how it is to be shown; {@link Format#TEXT} where nothing is
 * @param workers how many there are to be, for {@link Verb#SET} alone
 */
public record Request(Verb verb, Format format, int workers) {

    /** How something is shown. */
    public enum Format {
        /** For people. */
        TEXT,
        /** One object on one line. */
        JSON,
        /** For collectors of metrics, {@code application/openmetrics-text}. */
        OPENMETRICS
    }

    /** What can be asked for. */
    public enum Verb {
        /** The master, its listeners and its workers. */
        STATUS(null),
        /** The workers alone. */
        WORKERS(null),
        /** What all workers have counted together, those that have ended too. */
        STATS(null),
        /** What the master was started with. */
        CONFIG(null),
        /** One worker more; done when it serves. */
        INC(Command.MORE),
        /** One worker fewer; done when it has ended. */
        DEC(Command.FEWER),
        /** So many workers; done when all of them serve, and those beyond have ended. */
        SET(Command.RESIZE),
        /** All workers anew; done when the last of the old ones has ended. */
        RELOAD(Command.RELOAD),
        /** No workers, the listeners stay; done when the last one has ended. */
        VACATE(Command.VACATE),
        /** A worker that has served becomes what all others are forked from; done when they are. */
        REFORK(Command.REFORK),
        /** A new master in this one's place; done when the last of this one's workers has ended. */
        UPGRADE(Command.UPGRADE),
        /** Log files are opened again. */
        REOPEN(Command.REOPEN),
        /** Workers write what their threads do. */
        DUMP(Command.DUMP),
        /** The workers finish, then the master ends. */
        DRAIN(Command.DRAIN),
        /** The workers end at once, then the master; asked again they are killed. */
        STOP(Command.STOP);

        private final @Nullable Command command;

        Verb(@Nullable Command command) {
            this.command = command;
        }

        /** How it can be shown; what is done is not. */
        private List<Format> formats() {
            if (command != null) {
                return List.of();
            }
            return this == STATS
                    ? List.of(Format.TEXT, Format.JSON, Format.OPENMETRICS)
                    : List.of(Format.TEXT, Format.JSON);
        }

        /** What the master is asked, or null if this only shows something. */
        public @Nullable Command command() {
            return command;
        }

        /** How it is written. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** One without a number. */
    public Request(Verb verb, Format format) {
        this(verb, format, 0);
    }

    /**
     * Reads a line, without its end.
     *
     * @throws IllegalArgumentException if it makes no sense: the message says what does
     */
    public static Request parse(String line) {
        String[] words = line.strip().split(" +", -1);
        Verb verb =
                Arrays.stream(Verb.values())
                        .filter(each -> each.word().equals(words[0]))
                        .findFirst()
                        .orElseThrow(() ->
                                new IllegalArgumentException(
                                        "'%s' cannot be asked for: there are %s"
                                                .formatted(printable(words[0]), verbs())));
        if (verb == Verb.SET) {
            return new Request(verb, Format.TEXT, workers(words));
        }
        if (words.length == 1) {
            return new Request(verb, Format.TEXT);
        }
        Format format =
                verb.formats().stream()
                        .filter(each -> word(each).equals(words[1]) && words.length == 2)
                        .findFirst()
                        .orElseThrow(() -> new IllegalArgumentException(misformed(verb)));
        return new Request(verb, format);
    }

    private static int workers(String[] words) {
        // No more digits than the most has: it is a number that an int can hold.
        if (words.length == 2 && words[1].matches("[0-9]{1,3}")) {
            int workers = Integer.parseInt(words[1]);
            if (workers >= 1 && workers <= MasterSettings.WORKERS_MOST) {
                return workers;
            }
        }
        throw new IllegalArgumentException(
                "write 'set' and a number of workers from 1 to %d; vacate lets all of them go"
                        .formatted(MasterSettings.WORKERS_MOST));
    }

    private static String misformed(Verb verb) {
        if (verb.formats().isEmpty()) {
            return "write '%s' alone".formatted(verb.word());
        }
        String formats =
                verb.formats().stream().map(Request::word).collect(Collectors.joining(" or "));
        return "write '%s' alone, or %s after it".formatted(verb.word(), formats);
    }

    /** All words, as a sentence lists them. */
    public static String verbs() {
        return Arrays.stream(Verb.values()).map(Verb::word).collect(Collectors.joining(", "));
    }

    private static String word(Format format) {
        return format.name().toLowerCase(Locale.ROOT);
    }

    private static String printable(String word) {
        return word.replaceAll("[^ -~]", "?");
    }

    /** The line that {@link #parse} reads. */
    @Override
    public String toString() {
        if (verb == Verb.SET) {
            return verb.word() + " " + workers;
        }
        return format == Format.TEXT ? verb.word() : verb.word() + " " + word(format);
    }
}
