// SPDX-License-Identifier: Apache-2.0
/**
 * One short server for each architecture, and a task that it suits: {@code ./ringfork example}.
 *
 * <p>Each file can be read alone, from top to bottom.
 */
package dev.ringfork.examples.architectures;
