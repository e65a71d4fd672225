// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.command;

import java.io.PrintStream;

/**
 * Where a command speaks: results to one stream, what an operator should know to the other, each
 * line begun with the command's name.
 *
 * @param name {@code ringfork serve}
 */
record Console(String name, PrintStream out, PrintStream err) {

    /** One line of result. */
    void result(String line) {
        out.println(name + ": " + line);
    }

    /** One line for the operator. Safe for use by many threads. */
    void note(String line) {
        err.println(name + ": " + line);
    }
}
