// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.process;

import java.time.Duration;

/** Which of the two processes this is after a fork. */
public sealed interface Forked {

    /**
     * The one that was there before. Immutable.
     *
     * @param pid the child's number. Its status is to be reaped, unless it is a sibling
     * @param pidfd a descriptor of the child, the caller's to close, or -1 where the kernel has
     *     none
     * @param pause how long all threads stood still
     * @param restore how long the child took from the copy until its threads went on
     */
    record Parent(int pid, int pidfd, Duration pause, Duration restore) implements Forked {}

    /**
     * The copy. Immutable.
     *
     * @param parentPid the process that it is a copy of
     * @param threads how many threads came along
     */
    record Child(int parentPid, int threads) implements Forked {}
}
