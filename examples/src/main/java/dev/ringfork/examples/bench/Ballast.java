// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.bench;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Live objects that do nothing: the weight that an application has in its heap, for measurements of
 * how workers come to be and what they share.
 *
 * <p>Safe for use by many threads. One a process, and a copy of a process has it already.
 */
public final class Ballast {
    /** What an entry takes in the heap: a string, its bytes, and its place in a list. */
    private static final int ENTRY_BYTES = 128;

    private static final int CHARACTERS = 80;
    private static @Nullable List<String> held;

    private Ballast() {}

    /** Holds so many bytes of small objects from now on, unless some are held already. */
    public static synchronized void hold(long bytes) {
        if (held != null || bytes == 0) {
            return;
        }
        int count = Math.toIntExact(bytes / ENTRY_BYTES);
        List<String> entries = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            entries.add("*".repeat(CHARACTERS));
        }
        held = entries;
    }
}
