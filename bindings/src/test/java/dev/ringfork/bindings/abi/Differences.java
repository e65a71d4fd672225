// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings.abi;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;

/** Compares what C says with what a table says, in both directions. */
final class Differences {

    private Differences() {}

    /** One sentence for each name on which the two disagree, or that only one of them has. */
    static List<String> between(Map<String, String> facts, Map<String, String> table) {
        NavigableSet<String> keys = new TreeSet<>(facts.keySet());
        keys.addAll(table.keySet());
        List<String> differences = new ArrayList<>();
        for (String key : keys) {
            String fact = facts.getOrDefault(key, "nothing");
            String row = table.getOrDefault(key, "nothing");
            if (!fact.equals(row)) {
                differences.add("%s: C says %s, the table %s".formatted(key, fact, row));
            }
        }
        return differences;
    }
}
