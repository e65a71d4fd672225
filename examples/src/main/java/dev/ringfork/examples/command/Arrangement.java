// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.command;

import dev.ringfork.reactor.server.Architecture;

/**
 * How the work is arranged, as it is written in a flag: the architecture of a process, or {@value
 * #FORKS} for a process for each connection.
 *
 * @param inEach of each process
 * @param forks whether there is one for each connection
 */
record Arrangement(Architecture inEach, boolean forks) {
    static final Arrangement REACTOR = new Arrangement(Architecture.REACTOR, false);

    private static final String FORKS = "fork-per-connection";

    /**
     * Reads it.
     *
     * @throws IllegalArgumentException if it is none: the message says which there are
     */
    static Arrangement parse(String text) {
        if (text.equals(FORKS)) {
            return new Arrangement(Architecture.SERIAL, true);
        }
        try {
            return new Arrangement(new Word<>(Architecture.class).convert(text), false);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(e.getMessage() + ", nor " + FORKS, e);
        }
    }

    @Override
    public String toString() {
        return forks ? FORKS : Word.of(inEach);
    }
}
