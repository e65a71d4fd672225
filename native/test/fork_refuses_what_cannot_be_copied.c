// SPDX-License-Identifier: Apache-2.0
#include "forks.h"

#if defined(__linux__)

#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/signalfd.h>
#include <sys/time.h>
#include <sys/timerfd.h>

enum { IO_URING_ENTRIES = 4, IO_URING_PARAMETER_BYTES = 120 };

static int open_inotify(void)
{
    return inotify_init1(IN_CLOEXEC);
}

static int open_timerfd(void)
{
    return timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
}

static int open_signalfd(void)
{
    sigset_t mask;

    sigemptyset(&mask);
    return signalfd(-1, &mask, SFD_CLOEXEC);
}

static int open_io_uring(void)
{
    _Alignas(8) char parameters[IO_URING_PARAMETER_BYTES] = {0};

    return (int)syscall(SYS_io_uring_setup, IO_URING_ENTRIES, parameters);
}

static const struct {
    int (*open)(void);
    size_t counter;
    const char *name;
} kinds[] = {
    {open_inotify, offsetof(struct rf_fork_findings, inotifies), "anon_inode:inotify"},
    {open_timerfd, offsetof(struct rf_fork_findings, timerfds), "anon_inode:[timerfd]"},
    {open_signalfd, offsetof(struct rf_fork_findings, signalfds), "anon_inode:[signalfd]"},
    {open_io_uring, offsetof(struct rf_fork_findings, io_urings), "anon_inode:[io_uring]"},
};

enum { KINDS = sizeof kinds / sizeof kinds[0] };

static void expect_refused(int fd, size_t counter, const char *name)
{
    struct rf_fork_findings findings;
    struct rf_fork_result result;
    struct rf_fork_options closing = {.closed = &fd, .closed_count = 1};

    EXPECT_EQ(rf_fork_check(&findings), 0);
    EXPECT_EQ(findings.reasons, RF_FORK_DESCRIPTOR);
    EXPECT_EQ(findings.fd, fd);
    EXPECT_EQ(strcmp(findings.name, name), 0);
    EXPECT_EQ(*(int *)((char *)&findings + counter), 1);
    EXPECT_EQ(rf_fork(NULL, &result), -EOPNOTSUPP);
    EXPECT_EQ(result.stage, RF_FORK_DESCRIPTORS);
    EXPECT_EQ(result.culprit, fd);
    // A child that does not get it is none of its concern.
    if (fork_with(&closing, &result) == 0) {
        EXPECT_EQ(fcntl(fd, F_GETFD), -1);
        finish();
    }
    expect_ok(&result);
}

// What is mapped works on without its descriptor, and in the child on the parent's memory.
static void expect_ring_refused(void)
{
    struct rf_fork_findings findings;
    struct rf_fork_result result;
    int fd = open_io_uring();

    if (fd < 0) {
        return;
    }
    size_t bytes = (size_t)sysconf(_SC_PAGESIZE);
    void *ring = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    EXPECT(ring != MAP_FAILED);
    EXPECT_EQ(close(fd), 0);
    EXPECT_EQ(rf_fork_check(&findings), 0);
    EXPECT_EQ(findings.reasons, RF_FORK_SHARED_RING);
    EXPECT_EQ(rf_fork(NULL, &result), -EOPNOTSUPP);
    EXPECT_EQ(result.stage, RF_FORK_CHECK);
    EXPECT_EQ(munmap(ring, bytes), 0);
}

static void expect_timers_refused(void)
{
    struct rf_fork_findings findings;
    struct rf_fork_result result;
    struct itimerval timer = {.it_value = {.tv_sec = 1000}};
    struct itimerval none = {.it_value = {.tv_sec = 0}};

    EXPECT_EQ(setitimer(ITIMER_REAL, &timer, NULL), 0);
    EXPECT_EQ(rf_fork_check(&findings), 0);
    EXPECT_EQ(findings.reasons, RF_FORK_TIMER);
    EXPECT_EQ(rf_fork(NULL, &result), -EOPNOTSUPP);
    EXPECT_EQ(result.stage, RF_FORK_CHECK);
    EXPECT_EQ(setitimer(ITIMER_REAL, &none, NULL), 0);
}

int main(void)
{
    struct rf_fork_findings findings;

    FORKABLE();
    for (int i = 0; i < KINDS; i++) {
        int fd = kinds[i].open();
        if (fd < 0) {
            printf("no %s here\n", kinds[i].name);
            continue;
        }
        expect_refused(fd, kinds[i].counter, kinds[i].name);
        EXPECT_EQ(close(fd), 0);
    }
    EXPECT_EQ(rf_fork_check(&findings), 0);
    EXPECT_EQ(findings.reasons, 0);
    EXPECT_EQ(findings.fd, -1);
    expect_ring_refused();
    expect_timers_refused();
    return 0;
}

#endif
