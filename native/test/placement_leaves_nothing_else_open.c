// SPDX-License-Identifier: Apache-2.0
#include "helpers.h"
#include "placement.h"

#include <sys/stat.h>

enum { FIRST = 20, COUNT = 4, HIGHEST = 200 };

static ino_t inode(int fd)
{
    struct stat status;

    EXPECT_EQ(fstat(fd, &status), 0);
    return status.st_ino;
}

// Those that are to be placed lie where others are to go, in the reverse order, and are
// close-on-exec; and the whole neighbourhood is taken.
static void place(int failing)
{
    int fds[COUNT];
    ino_t inodes[COUNT];

    for (int fd = FIRST; fd < FIRST + 2 * COUNT; fd++) {
        EXPECT_EQ(dup2(2, fd), fd);
    }
    EXPECT_EQ(dup2(2, HIGHEST), HIGHEST);
    for (int i = 0; i < COUNT; i++) {
        int ends[2];

        fds[i] = FIRST + COUNT - 1 - i;
        open_pipe(ends);
        EXPECT_EQ(dup2(ends[0], fds[i]), fds[i]);
        EXPECT_EQ(fcntl(fds[i], F_SETFD, FD_CLOEXEC), 0);
        inodes[i] = inode(fds[i]);
    }
    if (failing) {
        close(fds[1]);
        EXPECT_EQ(rf_placement(fds, COUNT, FIRST), -EBADF);
        return;
    }
    EXPECT_EQ(rf_placement(fds, COUNT, FIRST), 0);
    for (int i = 0; i < COUNT; i++) {
        EXPECT(inode(FIRST + i) == inodes[i]);
        EXPECT_EQ(fcntl(FIRST + i, F_GETFD), 0);
    }
    for (int fd = FIRST + COUNT; fd < HIGHEST + 10; fd++) {
        EXPECT_EQ(fcntl(fd, F_GETFD), -1);
    }
}

int main(void)
{
    for (int failing = 0; failing <= 1; failing++) {
        int status;
        pid_t child = fork();

        EXPECT(child >= 0);
        if (child == 0) {
            place(failing);
            _exit(0);
        }
        EXPECT_EQ(waitpid(child, &status, 0), child);
        EXPECT_EQ(status, 0);
    }
    return 0;
}
