// SPDX-License-Identifier: Apache-2.0
#include "helpers.h"
#include "offspring.h"

#include <pthread.h>

static void *think(void *argument)
{
    // Memory and output are whole in the copy.
    char *text = malloc(100);

    EXPECT(text != NULL);
    snprintf(text, 100, "%p", argument);
    free(text);
    return argument;
}

static int live(pid_t master)
{
    pthread_t thread;
    void *result = NULL;
    int thought = 0;

#if defined(__linux__)
    EXPECT_EQ(getppid(), master);
#else
    (void)master;
#endif
    EXPECT_EQ(pthread_create(&thread, NULL, think, &thought), 0);
    EXPECT_EQ(pthread_join(thread, &result), 0);
    EXPECT(result == &thought);
    return 7;
}

// A launcher: forks, says the pid, and ends.
static int launch(pid_t master, int fd)
{
    pid_t worker = rf_offspring();

    if (worker == 0) {
        return live(master);
    }
    const char *emulator = getenv("RF_EMULATOR");
    if (worker == -EINVAL && emulator != NULL && *emulator != '\0') {
        return skip("this emulator has no CLONE_PARENT");
    }
    EXPECT(worker > 0);
#if !defined(__linux__)
    int status = 0;
    EXPECT_EQ(waitpid(worker, &status, 0), worker);
    EXPECT_EQ(WEXITSTATUS(status), 7);
#endif
    EXPECT_EQ(write(fd, &worker, sizeof worker), (long long)sizeof worker);
    return 0;
}

int main(void)
{
    pid_t master = getpid();
    pid_t worker = 0;
    int ends[2];
    int status;

    EXPECT_EQ(pipe(ends), 0);
    pid_t launcher = fork();
    EXPECT(launcher >= 0);
    if (launcher == 0) {
        exit(launch(master, ends[1]));
    }
    close(ends[1]);
    ssize_t length = read(ends[0], &worker, sizeof worker);
    EXPECT_EQ(waitpid(launcher, &status, 0), launcher);
    EXPECT(WIFEXITED(status));
    if (length == 0 && WEXITSTATUS(status) != 0) {
        return WEXITSTATUS(status);
    }
    EXPECT_EQ(length, (long long)sizeof worker);
    EXPECT_EQ(status, 0);
#if defined(__linux__)
    // After the launcher has gone, still.
    EXPECT_EQ(waitpid(worker, &status, 0), worker);
    EXPECT(WIFEXITED(status));
    EXPECT_EQ(WEXITSTATUS(status), 7);
#endif
    EXPECT_EQ(waitpid(-1, &status, WNOHANG), -1);
    EXPECT_EQ(errno, ECHILD);
    return 0;
}
