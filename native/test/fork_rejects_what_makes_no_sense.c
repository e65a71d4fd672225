// SPDX-License-Identifier: Apache-2.0
#include "forks.h"

#if defined(__linux__)

static void handler(int signo)
{
    (void)signo;
}

int main(void)
{
    struct sigaction taken = {.sa_handler = handler};
    struct sigaction free_again = {.sa_handler = SIG_DFL};
    struct rf_fork_findings findings;
    struct rf_fork_result result;
    struct rf_fork_options negative = {.closed_count = -1};
    struct rf_fork_options missing = {.kept_count = 1};
    struct rf_fork_options no_signal = {.death_signal = 1000};

    const char *reason = why_not_forked();
    if (reason != NULL) {
        return skip(reason);
    }
    EXPECT_EQ(rf_fork(NULL, &result), -EINVAL);
    EXPECT_EQ(rf_fork_init(SIGUSR1), -EINVAL);
    EXPECT_EQ(rf_fork_init(SIGRTMAX + 1), -EINVAL);
    EXPECT_EQ(sigaction(SIGRTMIN + 4, &taken, NULL), 0);
    EXPECT_EQ(rf_fork_init(SIGRTMIN + 4), -EBUSY);
    EXPECT_EQ(rf_fork(NULL, &result), -EINVAL);
    EXPECT_EQ(sigaction(SIGRTMIN + 4, &free_again, NULL), 0);
    EXPECT_EQ(rf_fork_init(SIGRTMIN + 4), 0);
    EXPECT_EQ(rf_fork_init(0), 0);

    EXPECT_EQ(rf_fork(&negative, &result), -EINVAL);
    EXPECT_EQ(rf_fork(&missing, &result), -EINVAL);
    EXPECT_EQ(rf_fork(&no_signal, &result), -EINVAL);
    // Somebody takes the signal later.
    struct sigaction ours;
    EXPECT_EQ(sigaction(SIGRTMIN + 4, &taken, &ours), 0);
    EXPECT_EQ(rf_fork_check(&findings), 0);
    EXPECT_EQ(findings.reasons, RF_FORK_SIGNAL);
    EXPECT_EQ(rf_fork(NULL, &result), -EOPNOTSUPP);
    EXPECT_EQ(result.stage, RF_FORK_CHECK);
    EXPECT_EQ(sigaction(SIGRTMIN + 4, &ours, NULL), 0);
    // It comes from elsewhere: nothing stops.
    EXPECT_EQ(raise(SIGRTMIN + 4), 0);
    union sigval value = {.sival_ptr = (void *)(uintptr_t)-1};
    EXPECT_EQ(sigqueue(getpid(), SIGRTMIN + 4, value), 0);
    if (fork_plainly(&result) == 0) {
        finish();
    }
    expect_ok(&result);
    return 0;
}

#endif
