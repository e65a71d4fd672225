// SPDX-License-Identifier: Apache-2.0
//
// Locks that name their owner by its number, which in the child is another one; see bare.h for what
// may be used here.
//
// glibc's recursive and error-checking mutexes can be released by their owner only, and its
// read-write locks look at the owner to know which of the two a release is. The loader's own locks
// are such mutexes: whoever stood inside dlopen(3) would keep them for ever. All of them are looked
// for in the data of libraries, where a lock is told by five or more numbers that fit together.
#include "fork/bare/bare.h"
#include "fork/fork.h"

#include <pthread.h>

enum {
    KIND_BITS = 127, // of a mutex; the others say who shares it and how it is elided
    WRITER_OWNS = 3  // PTHREAD_RWLOCK_WRPHASE and WRLOCKED
};

_Static_assert(sizeof(pthread_mutex_t) <= RF_WINDOW_BYTES, "a mutex fits a window");
_Static_assert(sizeof(pthread_rwlock_t) <= RF_WINDOW_BYTES, "a read-write lock fits a window");

static void rename_owner(uintptr_t owner, int tid)
{
    *(int *)owner = tid;
}

static bool mend_mutex(uintptr_t address, const char *window)
{
    const pthread_mutex_t *mutex = (const void *)window;
    int kind = mutex->__data.__kind & KIND_BITS;
    unsigned depth = mutex->__data.__count;
    bool fits = (kind == PTHREAD_MUTEX_RECURSIVE_NP && depth != 0)
                || (kind == PTHREAD_MUTEX_ERRORCHECK_NP && depth == 0);

    // Of users there is none yet just after the owner took it, and more where threads that had it
    // wait for a condition.
    if (!fits || (mutex->__data.__lock != 1 && mutex->__data.__lock != 2)
        || mutex->__data.__nusers > (unsigned)rf_thread_count()) {
        return false;
    }
    int tid = rf_new_tid(mutex->__data.__owner);
    if (tid == 0) {
        return false;
    }
    rename_owner(address + offsetof(pthread_mutex_t, __data.__owner), tid);
    return true;
}

static bool mend_rwlock(uintptr_t address, const char *window)
{
    const pthread_rwlock_t *lock = (const void *)window;

    if ((lock->__data.__readers & WRITER_OWNS) != WRITER_OWNS || lock->__data.__pad3 != 0
        || lock->__data.__pad4 != 0 || lock->__data.__shared != 0) {
        return false;
    }
    int tid = rf_new_tid(lock->__data.__cur_writer);
    if (tid == 0) {
        return false;
    }
    rename_owner(address + offsetof(pthread_rwlock_t, __data.__cur_writer), tid);
    return true;
}

static bool mend(uintptr_t address, const char *window)
{
    return mend_mutex(address, window) || mend_rwlock(address, window);
}

int rf_locks_mend(void)
{
    return rf_regions_scan(false, mend);
}
