// SPDX-License-Identifier: Apache-2.0
//
// For the behaviours of rf_fork: a process that can be forked, and children that are waited for
// with a deadline. A child that misses it is shown, as far as this system lets one look, and ended.
#ifndef RINGFORK_TEST_FORKS_H
#define RINGFORK_TEST_FORKS_H

#include "helpers.h"

#if defined(__linux__)

#include <dirent.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <time.h>

// For what a child does, on a machine that is busy with something else.
enum { CHILD_LIMIT_MS = 60000, OK = 0 };

// Whether rf_fork can do here what it is to do; else why not.
static inline const char *why_not_forked(void)
{
    const char *emulator = getenv("RF_EMULATOR");
    struct rf_fork_findings findings;

    if (emulator != NULL && *emulator != '\0') {
        return "the emulator has threads of its own, which cannot be stopped";
    }
    EXPECT_EQ(rf_fork_check(&findings), 0);
    if ((findings.reasons & RF_FORK_LIBC) != 0) {
        return "this C library is not glibc";
    }
    if ((findings.reasons & RF_FORK_TID_ADDRESS) != 0) {
        return "this kernel has no PR_GET_TID_ADDRESS";
    }
    if ((findings.reasons & RF_FORK_SHADOW_STACK) != 0) {
        return "this process has a shadow stack";
    }
    if ((findings.reasons & RF_FORK_DESCRIPTOR) != 0) {
        return "whoever runs this has left it a descriptor that cannot be copied";
    }
    EXPECT_EQ(findings.reasons, 0);
    return NULL;
}

// At the beginning of main.
#define FORKABLE()                                                                                 \
    do {                                                                                           \
        const char *reason = why_not_forked();                                                     \
        if (reason != NULL) {                                                                      \
            return skip(reason);                                                                   \
        }                                                                                          \
        EXPECT_EQ(rf_fork_init(0), 0);                                                             \
    } while (0)

// rf_fork, which is to succeed, with a child that does not outlive a parent that failed.
static inline int fork_with(struct rf_fork_options *options, struct rf_fork_result *result)
{
    if (options->death_signal == 0) {
        options->death_signal = SIGKILL;
    }
    int pid = rf_fork(options, result);
    if (pid < 0) {
        fprintf(stderr, "rf_fork: %s, stage %d, culprit %d\n", strerror(-pid), result->stage,
                result->culprit);
        exit(1);
    }
    EXPECT_EQ(pid, result->pid);
    return pid;
}

static inline int fork_plainly(struct rf_fork_result *result)
{
    struct rf_fork_options options = {0};

    return fork_with(&options, result);
}

static inline void show_file(const char *path)
{
    char text[2048];
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t count = fd < 0 ? -1 : read(fd, text, sizeof text);

    fprintf(stderr, "%s: %.*s\n", path, count < 0 ? 0 : (int)count, text);
    if (fd >= 0) {
        close(fd);
    }
}

static inline void show_process(int pid)
{
    char path[128];
    DIR *folder;

    snprintf(path, sizeof path, "/proc/%d/task", pid);
    folder = opendir(path);
    for (struct dirent *entry; folder != NULL && (entry = readdir(folder)) != NULL;) {
        if (entry->d_name[0] != '.') {
            snprintf(path, sizeof path, "/proc/%d/task/%.20s/stack", pid, entry->d_name);
            show_file(path);
            snprintf(path, sizeof path, "/proc/%d/task/%.20s/syscall", pid, entry->d_name);
            show_file(path);
        }
    }
    if (folder != NULL) {
        closedir(folder);
    }
    snprintf(path, sizeof path, "timeout 30 gdb -batch -p %d -ex 'thread apply all bt' 1>&2", pid);
    if (system("command -v gdb >/dev/null 2>&1") != 0 || system(path) != 0) {
        fprintf(stderr, "no gdb here\n");
    }
}

// The child's status, as it exits. A failure if it does not in time.
static inline int await_exit(const struct rf_fork_result *child)
{
    struct pollfd over = {.fd = child->pidfd, .events = POLLIN};
    siginfo_t info = {0};
    int ready;

    EXPECT(child->pidfd >= 0);
    do {
        ready = poll(&over, 1, CHILD_LIMIT_MS);
    } while (ready < 0 && errno == EINTR);
    if (ready == 0) {
        fprintf(stderr, "child %d is not over after %d ms\n", child->pid, CHILD_LIMIT_MS);
        show_process(child->pid);
        kill(child->pid, SIGKILL);
    }
    EXPECT_EQ(waitid((idtype_t)3 /* P_PIDFD */, (id_t)child->pidfd, &info, WEXITED), 0);
    EXPECT_EQ(info.si_pid, child->pid);
    EXPECT_EQ(info.si_code, CLD_EXITED);
    close(child->pidfd);
    return info.si_status;
}

static inline void expect_ok(const struct rf_fork_result *child)
{
    EXPECT_EQ(await_exit(child), OK);
}

// Ends a child without what the sanitizers do at an exit, which is the parent's to do.
static inline _Noreturn void finish(void)
{
    _exit(OK);
}

static inline void start_thread(pthread_t *thread, void *(*run)(void *), void *argument)
{
    EXPECT_EQ(pthread_create(thread, NULL, run, argument), 0);
}

static inline long long now_ms(void)
{
    struct timespec now;

    EXPECT_EQ(clock_gettime(CLOCK_MONOTONIC, &now), 0);
    return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

// Waits until the number has changed by that much; a failure if it does not.
static inline void await_progress(const atomic_int *counter, int steps)
{
    int from = atomic_load(counter);
    long long deadline_ms = now_ms() + CHILD_LIMIT_MS / 2;

    while (atomic_load(counter) - from < steps) {
        EXPECT(now_ms() < deadline_ms);
        sched_yield();
    }
}

// What a thread does that shows that it runs, until it is over.
struct turning {
    atomic_int turns;
    atomic_bool over;
};

static inline void *turn(void *argument)
{
    struct turning *turning = argument;

    while (!atomic_load(&turning->over)) {
        atomic_fetch_add(&turning->turns, 1);
        sched_yield();
    }
    return NULL;
}

static inline int own_tid(void)
{
    return (int)syscall(SYS_gettid);
}

#else

int main(void)
{
    return skip("processes are forked with their threads on Linux only");
}

#endif
#endif
