// SPDX-License-Identifier: Apache-2.0
/**
 * Descriptors passed from process to process over a Unix socket (SCM_RIGHTS, unix(7)), with the
 * owner of each in the types.
 *
 * <p>Two layers, each of use alone:
 *
 * <ul>
 *   <li>{@link dev.ringfork.prefork.passing.DescriptorSocket} sends and receives messages that
 *       carry descriptors;
 *   <li>{@link dev.ringfork.prefork.passing.PassingWindow} and {@link
 *       dev.ringfork.prefork.passing.PassingReceiver} add acknowledgement, so that what a dead peer
 *       did not take over comes back to the sender.
 * </ul>
 *
 * <p>A descriptor that nobody took is closed, at every end of every method.
 */
package dev.ringfork.prefork.passing;
