// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.process;

/**
 * What a program does of its own around a fork. Every method does nothing unless it is overridden.
 * All are called on the thread that forks; in the child the other threads run by then.
 */
public interface ForkHooks {

    /**
     * Before the process is copied: the place to close what two processes must not share, a
     * connection to a database for instance, and to have jobs pause.
     *
     * @throws RuntimeException if it is not to be forked now; the hooks that were called before
     *     this one are told by {@link #afterForkParent}
     */
    default void beforeFork() {}

    /**
     * In the parent, when the child is whole or there is none. What it throws goes to the thread's
     * handler of uncaught exceptions.
     */
    default void afterForkParent() {}

    /** In the child, which has a number and random numbers of its own: the place to open again. */
    default void afterForkChild() {}
}
