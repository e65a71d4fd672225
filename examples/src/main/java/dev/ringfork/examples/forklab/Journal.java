// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.forklab;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What a process has to tell, a line at a time in a file of its own, so that there is all of it
 * when the process dies. Safe for use by many threads.
 */
record Journal(Path file) {
    private static final String BEGUN = "begun ";
    private static final String FAILED = "failed ";
    private static final String DRAWN = "drawn ";
    private static final String HOOK = "hook";
    private static final String END = "end";

    /** What is read out of one. */
    record Story(List<String> lines) {

        private List<String> of(String word) {
            return lines.stream()
                    .filter(line -> line.startsWith(word))
                    .map(line -> line.substring(word.length()))
                    .toList();
        }

        /** Whose hooks have run at the end. */
        List<String> hooks() {
            return of(HOOK + " ");
        }

        /** What does not hold. */
        List<String> failures() {
            return of(FAILED);
        }

        /** Kinds of random numbers and one number of each. */
        List<String> drawn() {
            return of(DRAWN);
        }

        boolean ended() {
            return lines.contains(END);
        }

        /** What it was doing last. */
        String last() {
            List<String> begun = of(BEGUN);
            return begun.isEmpty() ? "the fork" : begun.getLast();
        }
    }

    static Journal of(Path folder, int pid) {
        return new Journal(folder.resolve(pid + ".journal"));
    }

    void begun(String what) throws IOException {
        line(BEGUN + what);
    }

    void failed(String what) throws IOException {
        line(FAILED + what);
    }

    void drawn(String kind, Object number) throws IOException {
        drawn(kind + "=" + number);
    }

    /** The same as it is read out of another one. */
    void drawn(String kindAndNumber) throws IOException {
        line(DRAWN + kindAndNumber);
    }

    void hook(String whose) throws IOException {
        line(HOOK + " " + whose);
    }

    void end() throws IOException {
        line(END);
    }

    private void line(String line) throws IOException {
        Files.writeString(file, line + "\n", UTF_8, CREATE, APPEND);
    }

    Story read() throws IOException {
        return new Story(Files.exists(file) ? Files.readAllLines(file, UTF_8) : new ArrayList<>());
    }
}
