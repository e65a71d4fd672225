// SPDX-License-Identifier: Apache-2.0
#include "forks.h"

#if defined(__linux__)

enum { FORKS = 10, WORDS = 16 * 4 };

static atomic_int running;
static volatile int forked;

#if defined(__x86_64__)

// Keeps its values in all vector registers, and nowhere else, until it is told to write them down.
static void hold(const uint64_t *values, uint64_t *found)
{
    __asm__ volatile(
        "vmovdqu (%0), %%ymm0\n\t"
        "vmovdqu 32(%0), %%ymm1\n\t"
        "vmovdqu 64(%0), %%ymm2\n\t"
        "vmovdqu 96(%0), %%ymm3\n\t"
        "vmovdqu 128(%0), %%ymm4\n\t"
        "vmovdqu 160(%0), %%ymm5\n\t"
        "vmovdqu 192(%0), %%ymm6\n\t"
        "vmovdqu 480(%0), %%ymm15\n\t"
        "lock incl (%3)\n"
        "1: pause\n\t"
        "cmpl $0, (%2)\n\t"
        "je 1b\n\t"
        "vmovdqu %%ymm0, (%1)\n\t"
        "vmovdqu %%ymm1, 32(%1)\n\t"
        "vmovdqu %%ymm2, 64(%1)\n\t"
        "vmovdqu %%ymm3, 96(%1)\n\t"
        "vmovdqu %%ymm4, 128(%1)\n\t"
        "vmovdqu %%ymm5, 160(%1)\n\t"
        "vmovdqu %%ymm6, 192(%1)\n\t"
        "vmovdqu %%ymm15, 480(%1)\n\t"
        :
        : "r"(values), "r"(found), "r"(&forked), "r"(&running)
        : "memory", "cc", "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm15");
}

static bool can_hold(void)
{
    return __builtin_cpu_supports("avx");
}

#else

static void hold(const uint64_t *values, uint64_t *found)
{
    (void)values;
    (void)found;
}

static bool can_hold(void)
{
    return false;
}

#endif

static void *run(void *argument)
{
    uint64_t values[WORDS];
    uint64_t found[WORDS];

    for (int i = 0; i < WORDS; i++) {
        values[i] = (uint64_t)(i + 1) * 0x9e3779b97f4a7c15 + (uint64_t)(intptr_t)argument;
        found[i] = 0;
    }
    hold(values, found);
    for (int i = 0; i < 7 * 4; i++) {
        EXPECT_EQ((long long)found[i], (long long)values[i]);
    }
    for (int i = 15 * 4; i < WORDS; i++) {
        EXPECT_EQ((long long)found[i], (long long)values[i]);
    }
    return argument;
}

int main(void)
{
    pthread_t threads[2];
    struct rf_fork_result result;

    if (!can_hold()) {
        return skip("no AVX here");
    }
    FORKABLE();
    for (int i = 0; i < FORKS; i++) {
        forked = 0;
        atomic_store(&running, 0);
        for (int j = 0; j < 2; j++) {
            start_thread(&threads[j], run, (void *)(intptr_t)(i + j));
        }
        while (atomic_load(&running) < 2) {
            sched_yield();
        }
        int child = fork_plainly(&result);
        forked = 1;
        for (int j = 0; j < 2; j++) {
            EXPECT_EQ(pthread_join(threads[j], NULL), 0);
        }
        if (child == 0) {
            finish();
        }
        expect_ok(&result);
    }
    return 0;
}

#endif
