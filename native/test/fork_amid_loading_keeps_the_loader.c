// SPDX-License-Identifier: Apache-2.0
#include "forks.h"

#if defined(__linux__)

#include <dlfcn.h>

enum { THREADS = 2, FORKS = 30, STEPS = 5 };

// Parts of glibc that nothing else here loads.
static const char *const libraries[] = {"libanl.so.1", "libBrokenLocale.so.1"};

static atomic_int loads[THREADS];

static void *load(void *argument)
{
    int self = (int)(intptr_t)argument;

    for (;;) {
        void *library = dlopen(libraries[self], RTLD_NOW | RTLD_LOCAL);
        EXPECT(library != NULL);
        EXPECT_EQ(dlclose(library), 0);
        atomic_fetch_add(&loads[self], 1);
    }
    return NULL;
}

static void expect_loading(void)
{
    for (int i = 0; i < THREADS; i++) {
        await_progress(&loads[i], STEPS);
    }
}

int main(void)
{
    pthread_t thread;
    struct rf_fork_result result;

    FORKABLE();
    for (int i = 0; i < THREADS; i++) {
        void *library = dlopen(libraries[i], RTLD_NOW | RTLD_LOCAL);
        if (library == NULL) {
            return skip(dlerror());
        }
        EXPECT_EQ(dlclose(library), 0);
        start_thread(&thread, load, (void *)(intptr_t)i);
    }
    expect_loading();
    for (int i = 0; i < FORKS; i++) {
        if (fork_plainly(&result) == 0) {
            expect_loading();
            finish();
        }
        expect_ok(&result);
    }
    expect_loading();
    _exit(0);
}

#endif
