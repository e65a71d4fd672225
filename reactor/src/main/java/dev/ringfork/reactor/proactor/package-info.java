// SPDX-License-Identifier: Apache-2.0
/**
 * Operations that are begun now and complete later, instead of descriptors that become ready.
 *
 * <p>{@link dev.ringfork.reactor.uring.UringProactor} is the proactor that is there.
 */
package dev.ringfork.reactor.proactor;
