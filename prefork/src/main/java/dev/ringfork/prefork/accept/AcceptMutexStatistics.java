// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.accept;

/**
 * What one process has counted of an {@link AcceptMutex}.
 *
 * @param attempts how often it was tried
 * @param acquired how often it was got
 * @param recovered how often it was got from an owner that had died with it, as far as that can be
 *     known: the kernel frees locks of files without a word
 * @param forced how often this process has freed it for a dead owner
 */
public record AcceptMutexStatistics(long attempts, long acquired, long recovered, long forced) {}
