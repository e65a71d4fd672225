// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.forklab;

import java.io.PrintStream;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a virtual machine of the laboratory tells what it finds: lines on its standard output, among
 * others that are not meant. Safe for use by many threads.
 */
record Wire(PrintStream out) {
    private static final String MARK = "@forklab";
    private static final String SEPARATOR = "\t";

    /** What is told. */
    enum Word {
        /** A trial begins. */
        TRIES,
        /** One of it holds. */
        HELD,
        /** One of it does not, and why. */
        FAILED,
        /** It is not tried, and why. */
        SKIPPED,
        /**
         * A fork took so many nanoseconds, and the pause and the restoring so many microseconds.
         */
        FORKED,
        /** Something is in the way. */
        OBSTACLE,
        /** It is to be killed now. */
        KILL_ME,
        /** Nothing follows. */
        DONE
    }

    /** One thing that is told. */
    record Message(Word word, Trial trial, String text) {}

    void tell(Word word, Trial trial, String text) {
        // In one piece: others may write into the same pipe.
        out.print("\n" + String.join(SEPARATOR, MARK, word.name(), trial.name(), text) + "\n");
        out.flush();
    }

    /** What a line tells, or null if it is another line. */
    static @Nullable Message read(String line) {
        List<String> parts = List.of(line.split(SEPARATOR, 4));
        if (parts.size() < 4 || !parts.getFirst().equals(MARK)) {
            return null;
        }
        return new Message(Word.valueOf(parts.get(1)), Trial.valueOf(parts.get(2)), parts.get(3));
    }
}
