// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings;

import dev.ringfork.bindings.abi.Constants;
import java.util.NavigableMap;
import java.util.TreeMap;

/** The errors of any platform, for tests of other packages. */
public final class Errnos {

    private Errnos() {}

    /** Name to number of every error that a platform has. */
    public static NavigableMap<String, Integer> on(Platform platform) {
        NavigableMap<String, Integer> numbers = new TreeMap<>();
        Errno.TABLE
                .rows()
                .forEach((name, row) -> {
                    int number = row.number(platform);
                    if (number != Constants.ABSENT) {
                        numbers.put(name, number);
                    }
                });
        return numbers;
    }
}
