// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings;

import dev.ringfork.bindings.ffm.FfmSyscalls;
import org.jspecify.annotations.Nullable;

/** Chooses the provider and opens it once. */
final class Providers {

    private static final String PROPERTY = "ringfork.bindings";
    private static final String KNOWN = "ffm, jni, jnr, jna";

    private static @Nullable Syscalls current;

    private Providers() {}

    /** The provider of this process; a failure is reported again at the next call. */
    static synchronized Syscalls current() {
        if (current == null) {
            current = open(System.getProperty(PROPERTY, "ffm"));
        }
        return current;
    }

    /** Opens a provider by name. */
    static Syscalls open(String name) {
        return switch (name) {
            case "ffm" -> openFfm();
            case "jni", "jnr", "jna" ->
                    throw new IllegalStateException(
                            "-D%s=%s: that provider is not built yet, only ffm is"
                                    .formatted(PROPERTY, name));
            default ->
                    throw new IllegalStateException(
                            "-D%s=%s: the providers are %s".formatted(PROPERTY, name, KNOWN));
        };
    }

    private static Syscalls openFfm() {
        try {
            return FfmSyscalls.open();
        } catch (IllegalCallerException denied) {
            throw new IllegalStateException(
                    "the JVM denies native access: run java with"
                            + " --enable-native-access=dev.ringfork.bindings"
                            + " (ALL-UNNAMED when Ringfork is on the class path)",
                    denied);
        }
    }
}
