// SPDX-License-Identifier: Apache-2.0
/**
 * The provider over jnr-ffi, which is an optional dependency.
 *
 * <p>Each function of the C library is a method of an interface that jnr-ffi implements, with longs
 * for all arguments. It keeps errno for the thread at the end of each call, before the JVM can make
 * one of its own, so it is asked for after a failure: nothing races with it.
 *
 * <p>What jnr-ffi compiles for itself on x86-64 corrupts the sixth argument of a call (its issue
 * 181), so that is switched off before it starts: calls go through jffi's own code, as fast.
 *
 * <p>Not jnr-posix: it lacks sockets, polling and all that is Linux's own, and what it has takes
 * arrays and objects that are copied at each call. Nor jnr-constants at run time: our tables hold
 * four platforms at once. The tests hold the tables against it.
 */
package dev.ringfork.bindings.jnr;
