// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings.abi;

import dev.ringfork.bindings.Platform;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.NavigableMap;

/**
 * Writes the Java tables of every platform as C that compiles only if they are true, one file a
 * platform, for compilers that know a platform's headers while nothing can be run there.
 *
 * <p>The build runs it; {@code make -C native cross} compiles the files.
 */
final class CAsserts {

    private CAsserts() {}

    /**
     * Writes {@code <platform>.c} for each platform.
     *
     * @param arguments the folder to write them to
     */
    public static void main(String[] arguments) throws IOException {
        Path folder = Files.createDirectories(Path.of(arguments[0]));
        for (Platform platform : Platform.values()) {
            Files.writeString(
                    folder.resolve(platform.key() + ".c"), file(platform, AbiTables.of(platform)));
        }
    }

    /** The text of one file. */
    static String file(Platform platform, NavigableMap<String, String> rows) {
        String heading =
                """
                // Generated from the Java tables of %s: %d rows, each a _Static_assert.
                // Of a name that is newer than the headers the compiler says "%s: NAME" instead.
                """
                        .formatted(platform.key(), rows.size(), CProgram.LACKING);
        return heading + CProgram.asserting(platform, rows);
    }
}
