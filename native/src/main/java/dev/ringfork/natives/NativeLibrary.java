// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.natives;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What the search for libringfork found: a file for the system's loader, or the reason why there is
 * none.
 *
 * <p>Ringfork runs without the library and only does less, so its absence is an answer and not an
 * exception. {@link Absent#reason()} is a sentence for people and names the remedy.
 *
 * <pre>{@code
 * switch (NativeLibrary.find("linux-x86_64")) {
 *     case NativeLibrary.Present library -> {
 *         try (library) {
 *             symbols = SymbolLookup.libraryLookup(library.path(), Arena.global());
 *         }
 *     }
 *     case NativeLibrary.Absent absent -> log(absent.reason());
 * }
 * }</pre>
 *
 * <p>The system property {@value #PROPERTY} overrides the search: {@value #OFF} does without the
 * library, anything else is the path of the library to use.
 *
 * <p>Threads: safe for use by many threads.
 */
public sealed interface NativeLibrary {
    /** The system property that overrides the search. */
    String PROPERTY = "ringfork.native";

    /** The same for the launcher. */
    String LAUNCHER_PROPERTY = "ringfork.launcher";

    /** The value of either property that does without the file. */
    String OFF = "off";

    /**
     * Finds the library for a platform. One that is packed with this class is copied to a new file
     * under {@code java.io.tmpdir}; this blocks for as long as the copying takes.
     *
     * @param platform the platform's key, such as {@code linux-x86_64}
     * @return the library, for the caller to load and then close, or why there is none
     */
    static NativeLibrary find(String platform) {
        String setting = System.getProperty(PROPERTY, "");
        String tempDir = System.getProperty("java.io.tmpdir", "");
        return new NativeSearch(setting, tempDir).find(platform);
    }

    /**
     * Finds the launcher for a platform, the program that forks workers, in the same way; the
     * property is {@value #LAUNCHER_PROPERTY}.
     *
     * @param platform the platform's key
     * @return a program, for the caller to start and then close, or why there is none
     */
    static NativeLibrary findLauncher(String platform) {
        String setting = System.getProperty(LAUNCHER_PROPERTY, "");
        String tempDir = System.getProperty("java.io.tmpdir", "");
        return new NativeSearch(NativeFile.LAUNCHER, setting, tempDir).find(platform);
    }

    /**
     * A file that the system's loader can open, or a program that it can start.
     *
     * <p>Threads: safe for use by many threads. Ownership: the caller's, who closes it right after
     * the library was loaded (what is mapped stays), or when it turned out not to load.
     */
    final class Present implements NativeLibrary, AutoCloseable {
        private final Path path;
        private final @Nullable Path folder;

        // The folder is the one made for the file, or null if the file is the user's own.
        Present(Path path, @Nullable Path folder) {
            this.path = path;
            this.folder = folder;
        }

        /**
         * The file, as an absolute path: a loader looks a bare name up elsewhere.
         *
         * @return the path, of no use after {@link #close()}
         */
        public Path path() {
            return path;
        }

        /**
         * Deletes the file and its folder if they were made for this result; a file that the user
         * named stays. Does nothing the second time.
         */
        @Override
        public void close() {
            if (folder == null) {
                return;
            }
            try {
                Files.deleteIfExists(path);
                Files.deleteIfExists(folder);
            } catch (IOException e) {
                // What cannot be deleted stays behind in a folder that only its owner can open. The
                // library, loaded by now, is none the worse for it.
            }
        }
    }

    /**
     * No library.
     *
     * <p>Threads: immutable.
     *
     * @param reason why, and what to do about it
     */
    record Absent(String reason) implements NativeLibrary {}
}
