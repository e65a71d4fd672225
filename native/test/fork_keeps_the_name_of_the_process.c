// SPDX-License-Identifier: Apache-2.0
#include "forks.h"

#if defined(__linux__)

enum { DEPTH = 2 };

static void expect_name(const char *expected)
{
    char name[32] = {0};
    int fd = open("/proc/self/comm", O_RDONLY | O_CLOEXEC);

    EXPECT(fd >= 0);
    EXPECT(read(fd, name, sizeof name - 1) > 0);
    EXPECT_EQ(close(fd), 0);
    name[strcspn(name, "\n")] = '\0';
    EXPECT_EQ(strcmp(name, expected), 0);
}

// By the thread that is the first one of the parent and of no child.
static void descend(int depth)
{
    struct rf_fork_result result;

    if (depth > DEPTH) {
        return;
    }
    if (fork_plainly(&result) == 0) {
        expect_name("named");
        descend(depth + 1);
        finish();
    }
    expect_ok(&result);
}

int main(void)
{
    FORKABLE();
    EXPECT_EQ(prctl(PR_SET_NAME, "named"), 0);
    descend(1);
    return 0;
}

#endif
