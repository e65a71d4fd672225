// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings.jvm;

import org.jspecify.annotations.Nullable;

/**
 * What a copy of a virtual machine changes in itself, past the rules of the language: private
 * fields, final ones too, and objects that nobody handed over. Native methods of libringfork, by
 * JNI and JVMTI, so that users need open no packages of the JDK.
 *
 * <p>To be called when a function of libringfork has been linked: {@link
 * dev.ringfork.bindings.Syscalls#absence absence("rf_fork")} is null then.
 *
 * <p>Safe for use by many threads, as far as what is changed is. Errors of the caller, a field that
 * is not there for instance, are thrown as JNI throws them.
 */
public final class Machine {

    private Machine() {}

    /**
     * All objects of a class and of those that extend or implement it, those that are garbage but
     * not collected yet included. The world stands still while it looks, some ten milliseconds for
     * a million objects.
     *
     * @throws IllegalStateException if this virtual machine has no JVMTI
     */
    public static native Object[] instances(Class<?> type);

    /**
     * Whether a class that extends this one is loaded. Takes a millisecond for a thousand classes.
     *
     * @throws IllegalStateException if this virtual machine has no JVMTI
     */
    public static native boolean extended(Class<?> type);

    /**
     * What a static field refers to.
     *
     * @param descriptor of its type, {@code Ljava/util/Map;}
     * @throws NoSuchFieldError if there is no such field
     */
    public static native @Nullable Object staticObject(
            Class<?> type, String field, String descriptor);

    /**
     * What a long of an object is.
     *
     * @param type that declares the field
     * @throws NoSuchFieldError if there is no such field
     */
    public static native long getLong(Object object, Class<?> type, String field);

    /**
     * Sets a long of an object, also a final one. What was compiled may have looked already.
     *
     * @param type that declares the field
     * @throws NoSuchFieldError if there is no such field
     */
    public static native void setLong(Object object, Class<?> type, String field, long value);

    /**
     * Has a generator add random bytes to what it makes others of.
     *
     * @param generator a {@link java.security.SecureRandomSpi}, or whatever else implements {@code
     *     engineSetSeed}
     * @throws NoSuchMethodError if it does not
     */
    public static native void seed(Object generator, byte[] seed);
}
