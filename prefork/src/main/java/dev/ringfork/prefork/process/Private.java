// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.process;

import dev.ringfork.bindings.jvm.Machine;
import java.util.Locale;

/**
 * A private static field of the JDK by its names; what it refers to differs from one moment to the
 * next. Immutable.
 *
 * @param type the name of the class that declares it
 * @param field its name
 * @param of the name of its own class
 */
record Private(String type, String field, String of) {

    /**
     * A class of the JDK.
     *
     * @throws IllegalStateException if this one has none of that name
     */
    static Class<?> type(String name) {
        try {
            return Class.forName(name);
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException("there is no class " + name, e);
        }
    }

    /** The class that declares it. */
    Class<?> declaring() {
        return type(type);
    }

    /**
     * What it refers to now.
     *
     * @throws IllegalStateException if this JDK has no such field, or nothing in it
     */
    Object get() {
        try {
            Object value =
                    Machine.staticObject(
                            declaring(), field, "L%s;".formatted(of.replace('.', '/')));
            if (value != null) {
                return value;
            }
        } catch (NoSuchFieldError e) {
            throw new IllegalStateException("there is no field " + this, e);
        }
        throw new IllegalStateException("there is nothing in " + this);
    }

    /** {@code java.util.Random.seed}. */
    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%s.%s", type, field);
    }
}
