// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.command;

import java.io.PrintStream;

/**
 * Where a command speaks: results to one stream, what an operator should know to the other, each
 * line begun with the speaker's name. Safe for use by many threads.
 */
final class Console {
    private final PrintStream out;
    private final PrintStream err;
    private volatile String name;

    /**
     * A console.
     *
     * @param name {@code ringfork serve}
     */
    Console(String name, PrintStream out, PrintStream err) {
        this.name = name;
        this.out = out;
        this.err = err;
    }

    /** Who speaks. */
    String name() {
        return name;
    }

    /** From here on somebody else speaks: what this process has become. */
    void rename(String name) {
        this.name = name;
    }

    /** For results that are no lines. */
    PrintStream out() {
        return out;
    }

    /** For the operator, what is no line. */
    PrintStream err() {
        return err;
    }

    /** One line of result. */
    void result(String line) {
        out.println(name + ": " + line);
    }

    /** One line for the operator. */
    void note(String line) {
        err.println(name + ": " + line);
    }
}
