// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings;

import java.util.Locale;

/** The four platforms whose layouts and constants are known. */
public enum Platform {
    /** Linux on x86-64. */
    LINUX_X86_64("linux-x86_64"),
    /** Linux on 64-bit Arm. */
    LINUX_AARCH64("linux-aarch64"),
    /** macOS on Apple silicon. */
    MACOS_AARCH64("macos-aarch64"),
    /** macOS on x86-64. */
    MACOS_X86_64("macos-x86_64");

    private static final Platform CURRENT =
            of(System.getProperty("os.name"), System.getProperty("os.arch"));

    private final String key;

    Platform(String key) {
        this.key = key;
    }

    /** The platform that this JVM runs on. */
    public static Platform current() {
        return CURRENT;
    }

    /**
     * The platform of a JVM's {@code os.name} and {@code os.arch}.
     *
     * @throws IllegalStateException for any other system: the message names those that are known
     */
    public static Platform of(String osName, String osArch) {
        String os = osName.toLowerCase(Locale.ROOT);
        boolean arm = osArch.equals("aarch64");
        if (arm || osArch.equals("amd64") || osArch.equals("x86_64")) {
            if (os.startsWith("linux")) {
                return arm ? LINUX_AARCH64 : LINUX_X86_64;
            }
            if (os.startsWith("mac")) {
                return arm ? MACOS_AARCH64 : MACOS_X86_64;
            }
        }
        throw new IllegalStateException(
                "Ringfork knows Linux and macOS on x86-64 and aarch64, not %s on %s"
                        .formatted(osName, osArch));
    }

    /** The name used for files and folders, {@code linux-x86_64} for instance. */
    public String key() {
        return key;
    }

    /** Whether the kernel is Linux. */
    public boolean linux() {
        return this == LINUX_X86_64 || this == LINUX_AARCH64;
    }

    /** Whether the kernel is Apple's xnu. */
    public boolean macos() {
        return !linux();
    }
}
