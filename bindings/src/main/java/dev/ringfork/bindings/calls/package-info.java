// SPDX-License-Identifier: Apache-2.0
/**
 * The families of calls, written once for all providers.
 *
 * <p>A {@link dev.ringfork.bindings.calls.Prototype} says what a call is; {@link
 * dev.ringfork.bindings.calls.Linkage} finds the {@link dev.ringfork.bindings.calls.Door} it goes
 * through; a {@link dev.ringfork.bindings.calls.Call} in a {@code static final} field of its family
 * is what the JIT compiler turns into a bare call. A family links when it is first asked for, so a
 * process that never touches kqueue pays nothing for it.
 *
 * <p>A {@link dev.ringfork.bindings.calls.Provider} is what lies below the doors: how a function of
 * C that takes so many longs becomes a method handle ({@link
 * dev.ringfork.bindings.calls.Functions}). All else, from arguments and {@code -errno} to what
 * stands in on macOS, is here and the same for every provider.
 */
package dev.ringfork.bindings.calls;
