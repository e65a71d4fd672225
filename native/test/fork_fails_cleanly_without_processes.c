// SPDX-License-Identifier: Apache-2.0
#include "forks.h"

#if defined(__linux__)

#include <sys/resource.h>

enum { THREADS = 30, STEPS = 10, NOBODY_USER = 65534 };

static struct turning turning;

static int most_processes(rlim_t soft)
{
    struct rlimit limit;

    EXPECT_EQ(getrlimit(RLIMIT_NPROC, &limit), 0);
    limit.rlim_cur = soft < limit.rlim_max ? soft : limit.rlim_max;
    return setrlimit(RLIMIT_NPROC, &limit);
}

int main(void)
{
    pthread_t threads[THREADS];
    struct rf_fork_result result;
    struct rlimit former;

    // Root has no limit.
    if (getuid() == 0 && setresuid(NOBODY_USER, NOBODY_USER, NOBODY_USER) != 0) {
        return skip("no user whose processes are limited");
    }
    // Without it /proc belongs to root since the user has changed.
    EXPECT_EQ(prctl(PR_SET_DUMPABLE, 1), 0);
    FORKABLE();
    EXPECT_EQ(getrlimit(RLIMIT_NPROC, &former), 0);
    for (int i = 0; i < THREADS; i++) {
        start_thread(&threads[i], turn, &turning);
    }
    // The child has room for its first thread and some others, or for none where this user has more
    // processes; never for all of them.
    EXPECT_EQ(most_processes(THREADS + 10), 0);
    EXPECT_EQ(rf_fork(NULL, &result), -EAGAIN);
    EXPECT(result.stage == RF_FORK_THREADS || result.stage == RF_FORK_CLONE);
    EXPECT(result.stage == RF_FORK_CLONE || result.culprit > 0);
    // No child is left behind.
    EXPECT_EQ(waitpid(-1, NULL, WNOHANG), -1);
    EXPECT_EQ(errno, ECHILD);
    await_progress(&turning.turns, STEPS);

    EXPECT_EQ(most_processes(former.rlim_cur), 0);
    int child = fork_plainly(&result);
    await_progress(&turning.turns, STEPS);
    if (child == 0) {
        finish();
    }
    expect_ok(&result);
    atomic_store(&turning.over, true);
    for (int i = 0; i < THREADS; i++) {
        EXPECT_EQ(pthread_join(threads[i], NULL), 0);
    }
    return 0;
}

#endif
