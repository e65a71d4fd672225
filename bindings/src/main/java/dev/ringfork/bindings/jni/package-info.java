// SPDX-License-Identifier: Apache-2.0
/**
 * The provider over native methods of our own.
 *
 * <p>Its C, in libringfork, translates and decides nothing: it calls a function at an address with
 * longs and returns {@code -errno}. On Linux system calls go past the C library; on macOS, and for
 * functions that are no system calls, it is the C library's functions that are called. Variadic
 * functions are called by variadic C, so that the compiler puts their arguments where the platform
 * wants them.
 *
 * <p>A JVM permits native methods to whom it permits {@code java.lang.foreign}, by the same flag:
 * this provider is no way round a refusal.
 */
package dev.ringfork.bindings.jni;
