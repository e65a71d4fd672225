// SPDX-License-Identifier: Apache-2.0
#include "forks.h"

#if defined(__linux__)

enum { LENGTH = 26 };

static void expect_next(int fd, const char *expected)
{
    char found[3];

    EXPECT_EQ(read(fd, found, sizeof found), (long long)sizeof found);
    EXPECT_EQ(memcmp(found, expected, sizeof found), 0);
}

static void expect_reading(int fd, int copy)
{
    expect_next(fd, "fgh");
    // A copy has the same offset, as it had.
    expect_next(copy, "ijk");
    expect_next(fd, "lmn");
    EXPECT_EQ(fcntl(fd, F_GETFD), FD_CLOEXEC);
    EXPECT_EQ(fcntl(copy, F_GETFD), 0);
}

int main(void)
{
    char path[] = "/tmp/ringfork-offset-XXXXXX";
    struct rf_fork_result result;

    FORKABLE();
    int writer = mkstemp(path);
    EXPECT(writer >= 0);
    EXPECT_EQ(write(writer, "abcdefghijklmnopqrstuvwxyz", LENGTH), LENGTH);
    // Which may have been asked not to be a link, as the way to it in the child is.
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    EXPECT(fd >= 0);
    // A file without a name is found too.
    EXPECT_EQ(unlink(path), 0);
    EXPECT_EQ(lseek(fd, 5, SEEK_SET), 5);
    int copy = dup(fd);
    if (fork_plainly(&result) == 0) {
        expect_reading(fd, copy);
        // Written to, its offset is shared: nobody writes over the other's lines.
        EXPECT_EQ(write(writer, "child", 5), 5);
        finish();
    }
    expect_ok(&result);
    EXPECT(result.files >= 1);
    EXPECT_EQ(result.files_shared, 0);
    expect_reading(fd, copy);
    EXPECT_EQ(lseek(writer, 0, SEEK_CUR), LENGTH + 5);
    return 0;
}

#endif
