// SPDX-License-Identifier: Apache-2.0
#include "offspring.h"

#include <errno.h>
#include <unistd.h>

#if defined(__linux__)

#include <linux/sched.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#ifndef PR_GET_TID_ADDRESS
#define PR_GET_TID_ADDRESS 40
#endif

// Where the C library keeps this thread's id, or null if that cannot be told: the kernel knows it
// as the word to clear when the thread ends. Of musl it is another word, a lock, which holds no id.
static pid_t *thread_id_word(void)
{
    pid_t *word = NULL;

    if (prctl(PR_GET_TID_ADDRESS, &word, 0, 0, 0) != 0 || word == NULL) {
        return NULL;
    }
    return *word == (pid_t)syscall(SYS_gettid) ? word : NULL;
}

// What fork() of the C library does besides, and a system call alone does not: the copy's idea of
// its own thread id is set right, and its list of robust mutexes known to the kernel. Neither is
// needed for the one thing that the first thread of a worker does, waiting for the second; they are
// put right all the same. malloc and stdio are whole, since there is no other thread to hold a lock.
//
// clone and not clone3, which the default filter of some containers refuses. The places of the last
// two arguments depend on the processor: both are given the word, and the one that means
// thread-local storage is not looked at.
pid_t rf_offspring(void)
{
    pid_t *word = thread_id_word();
    unsigned long flags = CLONE_PARENT;
    void *robust_head = NULL;
    size_t robust_bytes = 0;
    long robust = syscall(SYS_get_robust_list, 0, &robust_head, &robust_bytes);

    if (word != NULL) {
        flags |= CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID;
    }
    long pid = syscall(SYS_clone, flags, NULL, NULL, word, word);
    if (pid == 0 && robust == 0 && robust_head != NULL) {
        syscall(SYS_set_robust_list, robust_head, robust_bytes);
    }
    return pid < 0 ? -errno : (pid_t)pid;
}

#else

pid_t rf_offspring(void)
{
    pid_t pid = fork();

    return pid < 0 ? -errno : pid;
}

#endif
