// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings.calls;

import dev.ringfork.bindings.ffm.FfmProvider;
import dev.ringfork.bindings.jna.JnaProvider;
import dev.ringfork.bindings.jni.JniProvider;
import dev.ringfork.bindings.jnr.JnrProvider;

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
        } catch (NoClassDefFoundError missing) {
            throw new IllegalStateException(
                    "-D%s=%s: %s".formatted(PROPERTY, name, whatIsMissing(name)), missing);
        } catch (LinkageError refused) {
            throw new IllegalStateException(
                    "-D%s=%s: %s (%s)"
                            .formatted(PROPERTY, name, whatIsDenied(name), innermost(refused)),
                    refused);
        }
    }

    /** A provider by its name. */
    static Provider open(String name) {
        return switch (name) {
            case "ffm" -> new FfmProvider();
            case "jni" -> new JniProvider();
            case "jnr" -> {
                readTheClassPath();
                yield new JnrProvider();
            }
            case "jna" -> {
                readTheClassPath();
                yield new JnaProvider();
            }
            default ->
                    throw new IllegalStateException(
                            "-D%s=%s: the providers are %s".formatted(PROPERTY, name, KNOWN));
        };
    }

    /** Optional libraries may be there although Ringfork is on the module path. */
    private static void readTheClassPath() {
        Module mine = Providers.class.getModule();
        mine.addReads(ClassLoader.getSystemClassLoader().getUnnamedModule());
    }

    private static String whatIsMissing(String name) {
        return "put %s on the class path, or on the module path with --add-modules=%s"
                .formatted(
                        name.equals("jna") ? "net.java.dev.jna:jna" : "com.github.jnr:jnr-ffi",
                        name.equals("jna") ? "com.sun.jna" : "org.jnrproject.ffi");
    }

    private static String whatIsDenied(String name) {
        return "the JVM does not load it: add %s to --enable-native-access (ALL-UNNAMED when it is on the class path)"
                .formatted(name.equals("jna") ? "com.sun.jna" : "org.jnrproject.jffi");
    }

    private static Throwable innermost(Throwable failure) {
        Throwable cause = failure.getCause();
        return cause == null ? failure : innermost(cause);
    }
}
