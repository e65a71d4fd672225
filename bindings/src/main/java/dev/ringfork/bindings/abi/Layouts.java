// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings.abi;

import dev.ringfork.bindings.Platform;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Sizes and offsets of C's structs, for any platform.
 *
 * <p>Types go by their C name without {@code struct}: {@code msghdr}, {@code siginfo_t}, {@code
 * mode_t}. A look-up costs a hash; hot code keeps the answer in a {@code static final int}:
 *
 * <pre>{@code
 * static final int EVENT_BYTES = Layouts.current().size("epoll_event");
 * static final int EVENT_DATA = Layouts.current().offset("epoll_event", "data");
 * }</pre>
 *
 * <p>All numbers are bytes. Safe for use by many threads.
 */
public final class Layouts {

    private static final Layouts CURRENT = new Layouts(Platform.current());

    private final Platform platform;
    private final int column;
    private final Map<String, Type> types = new LinkedHashMap<>();
    private int tablesRead;

    private Layouts(Platform platform) {
        this.platform = platform;
        this.column = ConstantTable.column(platform);
    }

    /** The layouts of a platform. */
    public static Layouts of(Platform platform) {
        return platform == CURRENT.platform ? CURRENT : new Layouts(platform);
    }

    /** The layouts of the platform that this JVM runs on. */
    public static Layouts current() {
        return CURRENT;
    }

    /**
     * What {@code sizeof} gives for a type.
     *
     * @throws NoSuchElementException if the platform, or this library, does not have the type
     */
    public int size(String type) {
        return type(type).size;
    }

    /** The alignment of a type; throws as {@link #size(String)} does. */
    public int align(String type) {
        return type(type).align;
    }

    /**
     * What {@code offsetof} gives for a field.
     *
     * @throws NoSuchElementException if the platform, or this library, does not have the field
     */
    public int offset(String type, String field) {
        return field(type, field)[0];
    }

    /** The size of a field; throws as {@link #offset} does. */
    public int size(String type, String field) {
        return field(type, field)[1];
    }

    /** Whether the platform has a type. */
    public boolean has(String type) {
        return find(type) != null;
    }

    /** Whether the platform has a type with that field. */
    public boolean has(String type, String field) {
        Type found = find(type);
        return found != null && found.fields.containsKey(field);
    }

    /** The names of all types that the platform has. */
    public synchronized Set<String> types() {
        while (tablesRead < LayoutTables.COUNT) {
            read(LayoutTables.text(tablesRead++));
        }
        return new LinkedHashSet<>(types.keySet());
    }

    /** The names of a type's fields; throws as {@link #size(String)} does. */
    public Set<String> fields(String type) {
        return Collections.unmodifiableSet(type(type).fields.keySet());
    }

    /** A type as C writes it, {@code struct msghdr}; throws as {@link #size(String)} does. */
    public String spelling(String type) {
        return type(type).spelling;
    }

    /**
     * What {@code CMSG_LEN} gives, cmsg(3).
     *
     * @param bytes of payload
     */
    public int cmsgLength(int bytes) {
        return cmsgAligned(size("cmsghdr")) + bytes;
    }

    /**
     * What {@code CMSG_SPACE} gives, cmsg(3): the room that one header and its payload take.
     *
     * @param bytes of payload
     */
    public int cmsgSpace(int bytes) {
        return cmsgAligned(size("cmsghdr")) + cmsgAligned(bytes);
    }

    /** Headers and payloads begin at multiples of 8 on Linux and of 4 on macOS. */
    private int cmsgAligned(int bytes) {
        int unit = align("cmsghdr");
        return (bytes + unit - 1) & -unit;
    }

    private int[] field(String type, String field) {
        int[] found = type(type).fields.get(field);
        if (found == null) {
            throw new NoSuchElementException(
                    "%s has no field %s on %s".formatted(type, field, platform.key()));
        }
        return found;
    }

    private Type type(String name) {
        Type found = find(name);
        if (found == null) {
            throw new NoSuchElementException(
                    "no layout of %s on %s".formatted(name, platform.key()));
        }
        return found;
    }

    private synchronized @Nullable Type find(String name) {
        Type found = types.get(name);
        while (found == null && tablesRead < LayoutTables.COUNT) {
            read(LayoutTables.text(tablesRead++));
            found = types.get(name);
        }
        return found;
    }

    private void read(String text) {
        TextTable table = new TextTable(text);
        Type type = null;
        while (table.next()) {
            String cell = table.word(table.size() - 3 + column);
            if (!table.indented()) {
                type = readType(table, cell);
            } else if (type != null && !cell.equals("-")) {
                type.fields.put(table.word(0), pair(cell, ':'));
            }
        }
    }

    private @Nullable Type readType(TextTable table, String cell) {
        if (cell.equals("-")) {
            return null;
        }
        String name = table.word(table.size() - 4);
        // Not "+", whose first use costs a starting server milliseconds.
        String spelling = table.size() == 5 ? table.word(0).concat(" ").concat(name) : name;
        int[] sizeAndAlign = pair(cell, '/');
        Type type = new Type(spelling, sizeAndAlign[0], sizeAndAlign[1]);
        types.put(name, type);
        return type;
    }

    private static int[] pair(String cell, char separator) {
        int at = cell.indexOf(separator);
        return new int[] {
            Integer.parseInt(cell, 0, at, 10), Integer.parseInt(cell, at + 1, cell.length(), 10)
        };
    }

    /** A type and its fields: name to offset and size. */
    private static final class Type {
        final String spelling;
        final int size;
        final int align;
        final Map<String, int[]> fields = new LinkedHashMap<>();

        Type(String spelling, int size, int align) {
            this.spelling = spelling;
            this.size = size;
            this.align = align;
        }
    }
}
