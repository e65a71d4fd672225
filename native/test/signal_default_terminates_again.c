// SPDX-License-Identifier: Apache-2.0
#include "helpers.h"

// In a child, as it is to die. Its exit status, should it live on, tells how far it came.
static void child(void)
{
    int ends[2];

    open_pipe(ends);
    if (rf_signal_watch(SIGTERM, ends[1]) != 0 || raise(SIGTERM) != 0) {
        _exit(1);
    }
    if (rf_signal_default(SIGTERM) != 0) {
        _exit(2);
    }
    raise(SIGTERM);
    _exit(3);
}

int main(void)
{
    int status = 0;
    pid_t pid = fork();

    EXPECT(pid >= 0);
    if (pid == 0) {
        child();
    }
    EXPECT_EQ(waitpid(pid, &status, 0), pid);
    EXPECT(WIFSIGNALED(status));
    EXPECT_EQ(WTERMSIG(status), SIGTERM);
    return 0;
}
