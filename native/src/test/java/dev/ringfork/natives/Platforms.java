// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.natives;

/** The key of the platform that the tests run on, and so the one the library was built for. */
final class Platforms {
    private Platforms() {}

    static String current() {
        String os = System.getProperty("os.name").startsWith("Mac") ? "macos" : "linux";
        String arch = System.getProperty("os.arch").equals("aarch64") ? "aarch64" : "x86_64";
        return os + "-" + arch;
    }
}
