// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings.abi;

import java.util.ArrayList;
import java.util.List;

/**
 * Reads a table of words in lines, as the text blocks of this package hold them.
 *
 * <p>By hand, because it runs while a server starts: no expressions, no streams. Confined to one
 * thread.
 */
final class TextTable {

    private final String text;
    private final List<String> words = new ArrayList<>(8);
    private int position;
    private boolean indented;

    TextTable(String text) {
        this.text = text;
    }

    /** Goes to the next line that has words; false at the end. */
    boolean next() {
        words.clear();
        while (words.isEmpty() && position < text.length()) {
            int end = text.indexOf('\n', position);
            end = end < 0 ? text.length() : end;
            indented = text.charAt(position) == ' ';
            split(position, end);
            position = end + 1;
        }
        return !words.isEmpty();
    }

    /** Whether the line begins with a space. */
    boolean indented() {
        return indented;
    }

    /** How many words the line has. */
    int size() {
        return words.size();
    }

    /** A word of the line. */
    String word(int index) {
        return words.get(index);
    }

    private void split(int from, int end) {
        int start = from;
        for (int i = from; i <= end; i++) {
            if (i == end || text.charAt(i) == ' ') {
                if (i > start) {
                    words.add(text.substring(start, i));
                }
                start = i + 1;
            }
        }
    }
}
