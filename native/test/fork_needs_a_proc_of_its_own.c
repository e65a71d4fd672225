// SPDX-License-Identifier: Apache-2.0
#include "forks.h"

#if defined(__linux__)

// A process whose /proc is that of the namespace around its own.
static int be_elsewhere(void)
{
    struct rf_fork_findings findings;

    EXPECT_EQ(rf_fork_check(&findings), 0);
    EXPECT((findings.reasons & RF_FORK_PROC) != 0);
    EXPECT_EQ(rf_fork_init(0), -EOPNOTSUPP);
    return OK;
}

int main(void)
{
    int status;

    if (unshare(CLONE_NEWUSER | CLONE_NEWPID) != 0) {
        return skip("no namespaces here");
    }
    pid_t child = fork();
    EXPECT(child >= 0);
    if (child == 0) {
        _exit(be_elsewhere());
    }
    EXPECT_EQ(waitpid(child, &status, 0), child);
    EXPECT_EQ(status, OK);
    // Without what the sanitizers do at an exit: with the child ended, they find no more processes.
    finish();
}

#endif
