// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings.abi;

import dev.ringfork.bindings.Platform;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.TreeMap;

/** The reviewed facts beside the tests: what C says on each platform. */
final class Tsv {

    private Tsv() {}

    /** The facts of a platform with the keys and values of {@link AbiTables}. */
    static NavigableMap<String, String> facts(Platform platform) {
        NavigableMap<String, String> facts = new TreeMap<>();
        for (String[] row : rows(platform.key())) {
            String kind = row[0];
            String size = row[3];
            String value =
                    switch (kind) {
                        case "struct" -> size + "/" + row[2].substring("align=".length());
                        case "field" -> row[2] + ":" + size;
                        default -> row[2];
                    };
            String before =
                    facts.put((kind.equals("signal") ? "const" : kind) + " " + row[1], value);
            if (before != null) {
                throw new IllegalStateException(row[1] + " has two rows on " + platform.key());
            }
        }
        return facts;
    }

    /** The cells of a table, without comments and without the line that names the columns. */
    static List<String[]> rows(String table) {
        List<String[]> rows = new ArrayList<>();
        boolean named = false;
        for (String line : read("/abi/" + table + ".tsv").lines().toList()) {
            if (!line.startsWith("#")) {
                if (named) {
                    rows.add(line.split("\t", -1));
                }
                named = true;
            }
        }
        return rows;
    }

    private static String read(String resource) {
        try (InputStream in = Tsv.class.getResourceAsStream(resource)) {
            return new String(
                    Objects.requireNonNull(in, resource).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
