// SPDX-License-Identifier: Apache-2.0
/**
 * The provider over JNA, which is an optional dependency.
 *
 * <p>Each function of the C library is bound by direct mapping, JNA's fastest way, with longs for
 * all arguments. JNA keeps errno for the thread at the end of each call, before the JVM can make
 * one of its own, so it is asked for after a failure: nothing races with it. Direct mapping has no
 * variadic functions: {@link dev.ringfork.bindings.calls.FixedArguments} puts their arguments where
 * they are looked for.
 */
package dev.ringfork.bindings.jna;
