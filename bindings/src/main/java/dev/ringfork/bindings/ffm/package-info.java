// SPDX-License-Identifier: Apache-2.0
/**
 * The provider over {@code java.lang.foreign}, which needs no other library.
 *
 * <p>System calls go through machine code that Java writes, or through libringfork where that is
 * refused, or through the C library.
 */
package dev.ringfork.bindings.ffm;
