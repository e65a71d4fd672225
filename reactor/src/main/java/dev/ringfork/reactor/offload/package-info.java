// SPDX-License-Identifier: Apache-2.0
/**
 * Threads beside the loop: the loop does all I/O, workers run the sessions and may block.
 *
 * <p>Not exported: what a server author sees of it are the architectures that are made of it.
 */
package dev.ringfork.reactor.offload;
