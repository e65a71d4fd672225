// SPDX-License-Identifier: Apache-2.0
#include "forks.h"

#if defined(__linux__)

enum { READY = 1, OVER = 2 };

struct other {
    int (*change)(void);
    atomic_int state;
    atomic_int tid;
    bool changed;
};

static int have_own_descriptors(void)
{
    return unshare(CLONE_FILES);
}

static int have_own_folder(void)
{
    return unshare(CLONE_FS);
}

static int gain_nothing(void)
{
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
}

static int have_own_user(void)
{
    // Not by the C library, which would change all threads.
    return geteuid() == 0 ? (int)syscall(SYS_setresuid, -1, 1, -1) : -1;
}

static int (*const changes[])(void) = {have_own_descriptors, have_own_folder, gain_nothing,
                                       have_own_user};

enum { CHANGES = sizeof changes / sizeof changes[0] };

static void *differ(void *argument)
{
    struct other *other = argument;

    other->changed = other->change() == 0;
    atomic_store(&other->tid, own_tid());
    atomic_store(&other->state, READY);
    while (atomic_load(&other->state) != OVER) {
        sched_yield();
    }
    return NULL;
}

static void expect_refused(int (*change)(void))
{
    struct rf_fork_findings findings;
    struct rf_fork_result result;
    struct other other = {.change = change};
    pthread_t thread;

    start_thread(&thread, differ, &other);
    while (atomic_load(&other.state) != READY) {
        sched_yield();
    }
    if (other.changed) {
        EXPECT_EQ(rf_fork_check(&findings), 0);
        // Without kcmp(2) it is not seen that tables are different ones.
        if (findings.kcmp != 0 || findings.reasons != 0) {
            EXPECT_EQ(findings.reasons, RF_FORK_CREDENTIALS);
            EXPECT_EQ(findings.thread, atomic_load(&other.tid));
            EXPECT_EQ(rf_fork(NULL, &result), -EOPNOTSUPP);
            EXPECT_EQ(result.stage, RF_FORK_CHECK);
        }
    }
    atomic_store(&other.state, OVER);
    EXPECT_EQ(pthread_join(thread, NULL), 0);
}

int main(void)
{
    struct rf_fork_result result;

    FORKABLE();
    for (int i = 0; i < CHANGES; i++) {
        expect_refused(changes[i]);
    }
    // Without them it can be forked.
    if (fork_plainly(&result) == 0) {
        finish();
    }
    expect_ok(&result);
    return 0;
}

#endif
