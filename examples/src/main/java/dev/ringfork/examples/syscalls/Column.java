// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.syscalls;

import java.util.Arrays;
import java.util.List;

/** Who makes the calls. */
public enum Column {
    /** A C program of one thread. */
    C1("C, 1 thread"),
    /**
     * A C program with an idle second thread, which is what Java is to be compared with: for a
     * process of several threads the kernel takes a reference to each descriptor that it looks up.
     */
    C("C"),
    /** {@code java.lang.foreign}. */
    FFM("ffm"),
    /** Native methods. */
    JNI("jni"),
    /** JNA. */
    JNA("jna"),
    /** jnr-ffi. */
    JNR("jnr");

    private final String title;

    Column(String title) {
        this.title = title;
    }

    /** What stands above it; the provider's name for Java. */
    public String title() {
        return title;
    }

    /** The name in JSON: c1, c or the provider's. */
    public String id() {
        return this == C1 ? "c1" : this == C ? "c" : title;
    }

    /** Whether it is a provider. */
    public boolean java() {
        return this != C1 && this != C;
    }

    /**
     * A provider by its name.
     *
     * @throws IllegalArgumentException if there is none: the message names all
     */
    public static Column provider(String name) {
        return providers().stream()
                .filter(column -> column.title.equals(name))
                .findFirst()
                .orElseThrow(() ->
                        new IllegalArgumentException(
                                "'%s' is no provider: ffm, jni, jna, jnr".formatted(name)));
    }

    /** All providers. */
    public static List<Column> providers() {
        return Arrays.stream(values()).filter(Column::java).toList();
    }
}
