// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.command;

/**
 * How many worker processes, as it is written in a flag: a number, or {@code auto} for one for each
 * processor.
 *
 * @param text as it was written
 * @param count 0 for none: one process does all
 */
record WorkerCount(String text, int count) {
    static final WorkerCount NONE = new WorkerCount("0", 0);

    /** How many there may be, unless it is said, where each has one connection. */
    static final WorkerCount FORKS = new WorkerCount("32", 32);

    /**
     * Reads it.
     *
     * @throws IllegalArgumentException if it is neither: the message says what one looks like
     */
    static WorkerCount parse(String text) {
        if (text.equals("auto")) {
            return new WorkerCount(text, Runtime.getRuntime().availableProcessors());
        }
        if (!text.matches("\\d{1,9}")) {
            throw new IllegalArgumentException(
                    "'%s' is no number of workers: write 0, 1, 2, … or auto".formatted(text));
        }
        return new WorkerCount(text, Integer.parseInt(text));
    }

    @Override
    public String toString() {
        return text;
    }
}
