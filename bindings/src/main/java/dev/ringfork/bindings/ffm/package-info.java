// SPDX-License-Identifier: Apache-2.0
/**
 * The provider over {@code java.lang.foreign}.
 *
 * <p>A {@link dev.ringfork.bindings.ffm.Prototype} says what a call is; {@link
 * dev.ringfork.bindings.ffm.Linkage} finds the door it goes through; a {@link
 * dev.ringfork.bindings.ffm.Call} in a {@code static final} field of its family is what the JIT
 * compiler turns into a bare call. A family links when it is first asked for, so a process that
 * never touches kqueue pays nothing for it.
 */
package dev.ringfork.bindings.ffm;
