// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings.abi;

import dev.ringfork.bindings.Platform;
import java.util.NavigableSet;
import java.util.TreeSet;

/** Prints the names in C that the Java tables hold on any platform, to choose rows of facts by. */
final class AbiNames {

    private AbiNames() {}

    /** One name a line. */
    public static void main(String[] arguments) {
        NavigableSet<String> names = new TreeSet<>();
        for (Platform platform : Platform.values()) {
            for (String key : AbiTables.of(platform).keySet()) {
                names.add(key.substring(key.indexOf(' ') + 1));
            }
        }
        names.forEach(System.out::println);
    }
}
