// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings.calls;

/**
 * The functions of the C library on a mutex in memory that processes share, pthread_mutex_lock(3).
 *
 * <p>They are no system calls, though some make one, so they are reached in this way under every
 * provider. Each returns 0 or {@code -errno}; {@code -ENOSYS} where the C library lacks it, as that
 * of macOS lacks robust mutexes. The C library knows the owner by its thread: who locks unlocks, on
 * a platform thread. Safe for use by many threads.
 */
public final class MutexFunctions {

    private static final Call INIT = link("pthread_mutex_init");
    private static final Call TRYLOCK = link("pthread_mutex_trylock");
    private static final Call UNLOCK = link("pthread_mutex_unlock");
    private static final Call CONSISTENT = link("pthread_mutex_consistent");
    private static final Call DESTROY = link("pthread_mutex_destroy");
    private static final Call ATTR_INIT = link("pthread_mutexattr_init");
    private static final Call SETPSHARED = link("pthread_mutexattr_setpshared");
    private static final Call SETROBUST = link("pthread_mutexattr_setrobust");
    private static final Call ATTR_DESTROY = link("pthread_mutexattr_destroy");

    private MutexFunctions() {}

    private static Call link(String name) {
        return Prototype.library(name).link();
    }

    /** Makes a mutex in memory at an address, with the attributes at another one. */
    public static int pthread_mutex_init(long mutex, long attributes) {
        return (int) INIT.call(mutex, attributes);
    }

    /**
     * Locks if nobody else has it: 0, {@code -EBUSY}, or {@code -EOWNERDEAD} when the owner died
     * with it: it is locked then too, and to be made consistent.
     */
    public static int pthread_mutex_trylock(long mutex) {
        return (int) TRYLOCK.call(mutex);
    }

    /** Unlocks; {@code -EPERM} if this thread does not have it. */
    public static int pthread_mutex_unlock(long mutex) {
        return (int) UNLOCK.call(mutex);
    }

    /** Says that what a dead owner left behind has been put in order. */
    public static int pthread_mutex_consistent(long mutex) {
        return (int) CONSISTENT.call(mutex);
    }

    /** Ends a mutex that nobody has, which is not checked. */
    public static int pthread_mutex_destroy(long mutex) {
        return (int) DESTROY.call(mutex);
    }

    /** Sets attributes to their defaults. */
    public static int pthread_mutexattr_init(long attributes) {
        return (int) ATTR_INIT.call(attributes);
    }

    /** Says whether other processes use the mutex. */
    public static int pthread_mutexattr_setpshared(long attributes, int shared) {
        return (int) SETPSHARED.call(attributes, shared);
    }

    /** Says whether the next one is told that the owner died. */
    public static int pthread_mutexattr_setrobust(long attributes, int robust) {
        return (int) SETROBUST.call(attributes, robust);
    }

    /** Frees what attributes hold. */
    public static int pthread_mutexattr_destroy(long attributes) {
        return (int) ATTR_DESTROY.call(attributes);
    }
}
