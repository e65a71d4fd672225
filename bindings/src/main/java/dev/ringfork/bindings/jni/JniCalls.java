// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings.jni;

import java.lang.invoke.MethodHandles;

/** The native methods, in libringfork: {@code native/src/jni/calls.c}. */
final class JniCalls {

    /** For those who make handles of them. */
    static final MethodHandles.Lookup LOOKUP = MethodHandles.lookup();

    private JniCalls() {}

    /** dlopen(3), of a path in memory; 0 is what the process has loaded. */
    static native long dlopen(long path);

    /** dlsym(3), of a name in memory; 0 if there is none. */
    static native long dlsym(long library, long symbol);

    /** A function whose result needs nothing done. */
    static native long call(long function, long a, long b, long c, long d, long e, long f);

    /** A function that returns a long, -1 with errno set. */
    static native long callLong(long function, long a, long b, long c, long d, long e, long f);

    /** A function that returns an int, -1 with errno set. */
    static native long callInt(long function, long a, long b, long c, long d, long e, long f);

    /** The same, variadic after two arguments. */
    static native long callVariadic2(long function, long a, long b, long c);

    /** The same, variadic after three arguments. */
    static native long callVariadic3(long function, long a, long b, long c, long d);

    /** A system call by its number; Linux only. */
    static native long syscall(long number, long a, long b, long c, long d, long e, long f);
}
