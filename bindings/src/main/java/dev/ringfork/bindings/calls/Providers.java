// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings.calls;

import dev.ringfork.bindings.ffm.FfmProvider;
import dev.ringfork.bindings.jni.JniProvider;

/** Chooses the provider, and says what is missing when it cannot work. */
final class Providers {

    private static final String PROPERTY = "ringfork.bindings";
    private static final String KNOWN = "ffm, jni, jnr, jna";

    private Providers() {}

    /** Links with the provider that the system property names. */
    static Linkage link() {
        return link(System.getProperty(PROPERTY, "ffm"));
    }

    /**
     * Links with a provider by its name.
     *
     * @throws IllegalStateException if it cannot work here: the message names the remedy
     */
    static Linkage link(String name) {
        try {
            return new Linkage(open(name));
        } catch (IllegalCallerException denied) {
            throw new IllegalStateException(
                    "the JVM denies native access: run java with"
                            + " --enable-native-access=dev.ringfork.bindings"
                            + " (ALL-UNNAMED when Ringfork is on the class path)",
                    denied);
        }
    }

    /** A provider by its name. */
    static Provider open(String name) {
        return switch (name) {
            case "ffm" -> new FfmProvider();
            case "jni" -> new JniProvider();
            case "jnr", "jna" ->
                    throw new IllegalStateException(
                            "-D%s=%s: that provider is not built yet, only ffm and jni are"
                                    .formatted(PROPERTY, name));
            default ->
                    throw new IllegalStateException(
                            "-D%s=%s: the providers are %s".formatted(PROPERTY, name, KNOWN));
        };
    }
}
