// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.natives;

/** What is packed for a platform. */
enum NativeFile {
    LIBRARY("libringfork", "library", NativeLibrary.PROPERTY),
    LAUNCHER("ringfork-launcher", "launcher", NativeLibrary.LAUNCHER_PROPERTY);

    private final String title;
    private final String kind;
    private final String property;

    NativeFile(String title, String kind, String property) {
        this.title = title;
        this.kind = kind;
        this.property = property;
    }

    String title() {
        return title;
    }

    String kind() {
        return kind;
    }

    /** The system property that overrides the search. */
    String property() {
        return property;
    }

    /** The file's name on a platform. */
    String name(String platform) {
        if (this == LAUNCHER) {
            return title;
        }
        return title + (platform.startsWith("macos-") ? ".dylib" : ".so");
    }
}
