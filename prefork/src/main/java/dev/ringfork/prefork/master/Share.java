// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.master;

/**
 * How many of the workers: a number, or a percentage of them. Immutable.
 *
 * @param number at least 1, of percent at most 100
 * @param percent whether it is a percentage
 */
public record Share(int number, boolean percent) {

    /**
     * Checks the number.
     *
     * @throws IllegalArgumentException if there is no such share
     */
    public Share {
        if (number < 1 || (percent && number > 100)) {
            throw new IllegalArgumentException(
                    "'%d%s' is no share of the workers: write a number from 1 on, or 1%% to 100%%"
                            .formatted(number, percent ? "%" : ""));
        }
    }

    /**
     * Reads {@code 2} or {@code 10%}.
     *
     * @throws IllegalArgumentException if it is neither
     */
    public static Share parse(String text) {
        boolean percent = text.endsWith("%");
        String digits = percent ? text.substring(0, text.length() - 1) : text;
        if (!digits.matches("\\d{1,9}")) {
            throw new IllegalArgumentException(
                    "'%s' is no share of the workers: write a number, or a percentage as in 10%%"
                            .formatted(text));
        }
        return new Share(Integer.parseInt(digits), percent);
    }

    /** How many that is of so many, rounded down, at least 1. */
    public int of(int all) {
        return percent ? Math.max(1, (int) ((long) all * number / 100)) : number;
    }

    /** The form that {@link #parse} reads. */
    @Override
    public String toString() {
        return number + (percent ? "%" : "");
    }
}
