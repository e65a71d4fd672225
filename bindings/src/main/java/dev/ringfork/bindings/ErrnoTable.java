// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings;

import dev.ringfork.bindings.abi.Constants;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The rows of {@link Errno}: a name, its number on Linux and on macOS, and what it means.
 *
 * <p>Where two names share a number the one written first is shown. Filled by one class
 * initializer, then only read, so safe for use by many threads.
 */
final class ErrnoTable {

    private static final int LINUX = 0;
    private static final int MACOS = 1;

    /** Above the largest number of any platform (133). */
    private static final int ROOM = 160;

    private final Row[][] byNumber = new Row[2][ROOM];
    private final Map<String, Row> byName = new LinkedHashMap<>(2 * ROOM);

    /** An error with the same number everywhere. */
    int same(String name, int number, String text) {
        return row(name, number, number, text);
    }

    /** An error of Linux alone. */
    int linux(String name, int number, String text) {
        return row(name, number, Constants.ABSENT, text);
    }

    /** An error of macOS alone. */
    int macos(String name, int number, String text) {
        return row(name, Constants.ABSENT, number, text);
    }

    /** An error with a number for Linux and one for macOS. */
    int row(String name, int linux, int macos, String text) {
        Row row = new Row(name, linux, macos, text);
        Row before = byName.put(name, row);
        assert before == null : name + " is written twice";
        index(byNumber[LINUX], linux, row);
        index(byNumber[MACOS], macos, row);
        return row.number(Platform.current());
    }

    /** The row of a number, or null. */
    @Nullable Row find(Platform platform, int number) {
        Row[] rows = byNumber[platform.linux() ? LINUX : MACOS];
        return number > 0 && number < ROOM ? rows[number] : null;
    }

    /** All rows by name, in the order they were written. */
    Map<String, Row> rows() {
        return byName;
    }

    private static void index(@Nullable Row[] rows, int number, Row row) {
        if (number != Constants.ABSENT && rows[number] == null) {
            rows[number] = row;
        }
    }

    /** One error. */
    record Row(String name, int linux, int macos, String text) {

        int number(Platform platform) {
            return platform.linux() ? linux : macos;
        }
    }
}
