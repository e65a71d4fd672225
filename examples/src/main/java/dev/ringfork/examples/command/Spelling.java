// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.command;

import java.util.Arrays;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/** Finds what a mistyped word may have meant. */
final class Spelling {
    private Spelling() {}

    /** The known word that the fewest edits make of this one, or null if none is near. */
    static @Nullable String closest(String word, Collection<String> known) {
        String best = null;
        int fewest = word.length() / 3 + 1;
        for (String each : known) {
            int edits = edits(word, each);
            if (edits <= fewest && (best == null || edits < fewest)) {
                best = each;
                fewest = edits;
            }
        }
        return best;
    }

    /** How many letters must be added, dropped, changed or swapped to make one word of another. */
    private static int edits(String from, String to) {
        int[] before = new int[to.length() + 1];
        int[] last = new int[to.length() + 1];
        int[] row = new int[to.length() + 1];
        Arrays.setAll(row, j -> j);
        for (int i = 1; i <= from.length(); i++) {
            int[] free = before;
            before = last;
            last = row;
            row = free;
            row[0] = i;
            for (int j = 1; j <= to.length(); j++) {
                boolean same = from.charAt(i - 1) == to.charAt(j - 1);
                int change = last[j - 1] + (same ? 0 : 1);
                row[j] = Math.min(change, 1 + Math.min(last[j], row[j - 1]));
                if (swapped(from, i, to, j)) {
                    row[j] = Math.min(row[j], before[j - 2] + 1);
                }
            }
        }
        return row[to.length()];
    }

    /** Whether two words that end before these indexes end with the same two letters in turn. */
    private static boolean swapped(String from, int i, String to, int j) {
        return i > 1
                && j > 1
                && from.charAt(i - 1) == to.charAt(j - 2)
                && from.charAt(i - 2) == to.charAt(j - 1);
    }
}
