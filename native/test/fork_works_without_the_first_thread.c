// SPDX-License-Identifier: Apache-2.0
#include "forks.h"

#if defined(__linux__)

#include <sys/epoll.h>
#include <sys/eventfd.h>

enum { FORKS = 3 };

static int instance;
static int copy;

static bool has_ended(int tid)
{
    char path[64];
    char text[512] = {0};

    snprintf(path, sizeof path, "/proc/self/task/%d/stat", tid);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    EXPECT(fd >= 0);
    EXPECT(read(fd, text, sizeof text - 1) > 0);
    close(fd);
    const char *state = strrchr(text, ')');
    return state != NULL && state[2] == 'Z';
}

// An instance that is told of an eventfd by a number that is not open any more.
static void register_copy(void)
{
    struct epoll_event event = {.events = EPOLLIN, .data.u64 = 1};
    int fd = eventfd(0, EFD_CLOEXEC);

    instance = epoll_create1(EPOLL_CLOEXEC);
    EXPECT_EQ(epoll_ctl(instance, EPOLL_CTL_ADD, fd, &event), 0);
    copy = fcntl(fd, F_DUPFD_CLOEXEC, 0);
    EXPECT(copy >= 0);
    EXPECT_EQ(close(fd), 0);
}

static void expect_told(void)
{
    uint64_t one = 1;
    struct epoll_event event;

    EXPECT_EQ(epoll_wait(instance, &event, 1, 0), 0);
    EXPECT_EQ(write(copy, &one, sizeof one), (long long)sizeof one);
    EXPECT_EQ(epoll_wait(instance, &event, 1, DEADLINE_MS), 1);
}

static void *carry_on(void *argument)
{
    struct rf_fork_result result;
    struct rf_fork_findings findings;

    while (!has_ended(getpid())) {
        sched_yield();
    }
    EXPECT_EQ(rf_fork_check(&findings), 0);
    EXPECT_EQ(findings.reasons, 0);
    register_copy();
    for (int i = 0; i < FORKS; i++) {
        if (fork_plainly(&result) == 0) {
            EXPECT_EQ(result.threads, 1);
            if (findings.kcmp != 0) {
                EXPECT_EQ(result.epoll_entries_lost, 0);
                expect_told();
            }
            // The child has a first thread again, so that /proc tells all of it.
            EXPECT_EQ(access("/proc/self/fd/2", F_OK), 0);
            finish();
        }
        expect_ok(&result);
    }
    _exit(0);
    return argument;
}

int main(void)
{
    pthread_t thread;

    FORKABLE();
    start_thread(&thread, carry_on, NULL);
    pthread_exit(NULL);
}

#endif
