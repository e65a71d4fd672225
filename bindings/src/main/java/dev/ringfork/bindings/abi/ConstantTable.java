// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings.abi;

import dev.ringfork.bindings.Platform;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The rows of one family of constants: a name and its value on each platform.
 *
 * <p>The static initializer of a family's class writes the rows, and each call returns the value
 * that holds on this platform, so one line both tells the facts and defines the constant. The two
 * macOS platforms share a column: Apple's headers give them equal values. Filled by one class
 * initializer, then only read, so safe for use by many threads.
 */
final class ConstantTable {

    private static final int HERE = column(Platform.current());

    private final Map<String, Row> rows;

    /**
     * @param capacity a little more than the rows to come
     */
    ConstantTable(int capacity) {
        rows = new LinkedHashMap<>(capacity * 2);
    }

    /** Where a platform's value stands in a row of three. */
    static int column(Platform platform) {
        return switch (platform) {
            case LINUX_X86_64 -> 0;
            case LINUX_AARCH64 -> 1;
            case MACOS_AARCH64, MACOS_X86_64 -> 2;
        };
    }

    /** A constant with the same value everywhere. */
    int same(String name, long value) {
        return row(name, value, value, value);
    }

    /** A constant of Linux alone. */
    int linux(String name, long value) {
        return row(name, value, value, Constants.ABSENT);
    }

    /** A constant of macOS alone. */
    int macos(String name, long value) {
        return row(name, Constants.ABSENT, Constants.ABSENT, value);
    }

    /** A constant whose value is the same on both Linux platforms. */
    int row(String name, long linux, long macos) {
        return row(name, linux, linux, macos);
    }

    /** A constant with a value, or {@link Constants#ABSENT}, for each platform. */
    int row(String name, long linuxX86, long linuxArm, long macos) {
        return toInt(put(name, new Row(new long[] {linuxX86, linuxArm, macos}, false)));
    }

    /** A constant that macOS lacks and for which the toolkit defines a bit of its own there. */
    int ours(String name, long linux, long own) {
        return toInt(put(name, new Row(new long[] {linux, linux, own}, true)));
    }

    /** A constant that needs 64 bits. */
    long longRow(String name, long linux, long macos) {
        return put(name, new Row(new long[] {linux, linux, macos}, false));
    }

    /** The row of a name, or null. */
    @Nullable Row find(String name) {
        return rows.get(name);
    }

    /** All rows by name, in the order they were written. */
    Map<String, Row> rows() {
        return rows;
    }

    private long put(String name, Row row) {
        Row before = rows.put(name, row);
        assert before == null : name + " is written twice";
        return row.values[HERE];
    }

    private static int toInt(long value) {
        assert value >= Integer.MIN_VALUE && value <= 0xffff_ffffL : value + " needs a long";
        return (int) value;
    }

    /** What one row says. */
    static final class Row {

        private final long[] values;
        private final boolean oursOnMacos;

        private Row(long[] values, boolean oursOnMacos) {
            this.values = values;
            this.oursOnMacos = oursOnMacos;
        }

        long value(Platform platform) {
            return values[column(platform)];
        }

        boolean on(Platform platform) {
            return value(platform) != Constants.ABSENT;
        }

        boolean ours(Platform platform) {
            return oursOnMacos && platform.macos();
        }
    }
}
