// SPDX-License-Identifier: Apache-2.0
#include "forks.h"

#if defined(__linux__)

#include <dlfcn.h>
#include <fenv.h>
#include <sys/resource.h>

enum { NICE = 7, SLACK_NS = 123456, ALTERNATE_BYTES = 64 * 1024 };

static _Thread_local int number = 1;
static _Thread_local char text[64];
static atomic_bool ready;
static atomic_bool forked;
static atomic_bool done;
static char alternate[ALTERNATE_BYTES];
static stack_t former;

struct robust {
    void *head;
    size_t bytes;
};

// What the kernel keeps for a thread, and a new one would not have.
struct belongings {
    sigset_t mask;
    stack_t stack;
    int rounding;
    char name[16];
    int nice;
    int policy;
    int slack;
    cpu_set_t cpus;
    struct robust robust;
};

static void look(struct belongings *found)
{
    memset(found, 0, sizeof *found);
    EXPECT_EQ(pthread_sigmask(SIG_SETMASK, NULL, &found->mask), 0);
    EXPECT_EQ(sigaltstack(NULL, &found->stack), 0);
    found->rounding = fegetround();
    EXPECT_EQ(prctl(PR_GET_NAME, found->name), 0);
    found->nice = getpriority(PRIO_PROCESS, (id_t)own_tid());
    found->policy = sched_getscheduler(0);
    found->slack = prctl(PR_GET_TIMERSLACK);
    EXPECT_EQ(sched_getaffinity(0, sizeof found->cpus, &found->cpus), 0);
    EXPECT_EQ(syscall(SYS_get_robust_list, 0, &found->robust.head, &found->robust.bytes), 0);
}

static void acquire_belongings(void)
{
    stack_t stack = {.ss_sp = alternate, .ss_size = sizeof alternate};
    struct sched_param none = {0};
    sigset_t mask;
    cpu_set_t cpus;

    number = 42;
    strcpy(text, "of this thread");
    sigemptyset(&mask);
    sigaddset(&mask, SIGUSR1);
    sigaddset(&mask, SIGRTMIN + 3);
    EXPECT_EQ(pthread_sigmask(SIG_SETMASK, &mask, NULL), 0);
    EXPECT_EQ(sigaltstack(&stack, &former), 0);
    EXPECT_EQ(fesetround(FE_UPWARD), 0);
    EXPECT_EQ(prctl(PR_SET_NAME, "a name of mine"), 0);
    EXPECT_EQ(setpriority(PRIO_PROCESS, (id_t)own_tid(), NICE), 0);
    EXPECT_EQ(sched_setscheduler(0, SCHED_BATCH, &none), 0);
    EXPECT_EQ(prctl(PR_SET_TIMERSLACK, SLACK_NS), 0);
    EXPECT_EQ(sched_getaffinity(0, sizeof cpus, &cpus), 0);
    size_t first = 0;
    while (!CPU_ISSET(first, &cpus)) {
        first++;
    }
    CPU_ZERO(&cpus);
    CPU_SET(first, &cpus);
    EXPECT_EQ(sched_setaffinity(0, sizeof cpus, &cpus), 0);
}

// Only what is registered can be unregistered.
static void expect_rseq(void)
{
    const ptrdiff_t *offset = dlsym(RTLD_DEFAULT, "__rseq_offset");
    const unsigned *bytes = dlsym(RTLD_DEFAULT, "__rseq_size");

    if (offset == NULL || bytes == NULL || *bytes == 0) {
        return;
    }
#if defined(__x86_64__)
    const unsigned signature = 0x53053053;
#else
    const unsigned signature = 0xd428bc00;
#endif
    char *area = (char *)__builtin_thread_pointer() + *offset;
    EXPECT_EQ(syscall(SYS_rseq, area, *bytes < 32 ? 32 : *bytes, 1, signature), 0);
}

// The kernel clears the number and wakes who joins: it knows where.
static void *end_at_once(void *argument)
{
    return argument;
}

static void *own(void *argument)
{
    struct belongings before;
    struct belongings after;
    pthread_t thread;

    acquire_belongings();
    look(&before);
    atomic_store(&ready, true);
    while (!atomic_load(&forked)) {
    }
    look(&after);
    EXPECT_EQ(fesetround(FE_TONEAREST), 0);
    EXPECT_EQ(memcmp(&after, &before, sizeof after), 0);
    EXPECT_EQ(number, 42);
    EXPECT_EQ(strcmp(text, "of this thread"), 0);
    expect_rseq();
    start_thread(&thread, end_at_once, NULL);
    EXPECT_EQ(pthread_join(thread, NULL), 0);
    EXPECT_EQ(sigaltstack(&former, NULL), 0);
    atomic_store(&done, true);
    return argument;
}

int main(void)
{
    pthread_t thread;
    struct rf_fork_result result;

    FORKABLE();
    start_thread(&thread, own, NULL);
    while (!atomic_load(&ready)) {
        sched_yield();
    }
    int child = fork_plainly(&result);
    atomic_store(&forked, true);
    EXPECT_EQ(pthread_join(thread, NULL), 0);
    EXPECT(atomic_load(&done));
    EXPECT_EQ(number, 1);
    if (child == 0) {
        finish();
    }
    expect_ok(&result);
    return 0;
}

#endif
