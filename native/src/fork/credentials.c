// SPDX-License-Identifier: Apache-2.0
//
// What a thread may have for itself and cannot have in a child, whose threads are all made by the
// forker: users, groups, capabilities, filters of system calls, a working directory, descriptors.
// Only with the C library's functions do all threads of a process change them together.
#include "fork/bare/bare.h"
#include "fork/fork.h"

#include <linux/kcmp.h>
#include <stdio.h>
#include <string.h>

enum { PATH_BYTES = 64, ENDING = 4 /* PF_EXITING of the kernel */ };

// Of FNV-1a, 64 bits.
static const uint64_t HASH_BASIS = 0xcbf29ce484222325;
static const uint64_t HASH_PRIME = 0x100000001b3;

// The thread that others are compared with, and what it has.
static int model;
static uint64_t expected;

static uint64_t hash_line(uint64_t hash, const char *line)
{
    for (; *line != '\n' && *line != '\0'; line++) {
        hash = (hash ^ (unsigned char)*line) * HASH_PRIME;
    }
    return hash;
}

// Of what a thread may do, or 0 if it is not there any more.
static uint64_t hash_rights(int tid)
{
    static const char *const lines[] = {
        "\nUid:",    "\nGid:",    "\nGroups:", "\nCapInh:",     "\nCapPrm:",  "\nCapEff:",
        "\nCapBnd:", "\nCapAmb:", "\nNoNewPrivs:", "\nSeccomp:", "\nSeccomp_filters:"};
    char path[PATH_BYTES];
    uint64_t hash = HASH_BASIS;

    snprintf(path, sizeof path, "/proc/self/task/%d/status", tid);
    if (rf_read_text(path) <= 0) {
        return 0;
    }
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        const char *line = strstr(rf_text, lines[i]);
        hash = line == NULL ? hash : hash_line(hash, line + 1);
    }
    return hash;
}

// A thread that ends lets go of one thing after another.
static bool is_ending(int tid)
{
    char path[PATH_BYTES];
    unsigned flags;

    snprintf(path, sizeof path, "/proc/self/task/%d/stat", tid);
    if (rf_read_text(path) <= 0) {
        return true;
    }
    // "12 (name) S 1 12 12 0 -1 4194304": the name may have brackets too.
    const char *behind = strrchr(rf_text, ')');
    return behind == NULL || sscanf(behind, ") %*c %*d %*d %*d %*d %*d %u", &flags) != 1
           || (flags & ENDING) != 0;
}

// Where kcmp(2) is not allowed they may be the same.
static bool have_same(int what, int tid)
{
    return arch_syscall5(SYS_kcmp, model, tid, what, 0, 0) <= 0;
}

// The thread's number if it has something of its own, else 0.
static int compare(int tid)
{
    bool same = have_same(KCMP_FILES, tid) && have_same(KCMP_FS, tid);
    uint64_t hash = hash_rights(tid);

    return (same && hash == expected) || hash == 0 || is_ending(tid) ? 0 : tid;
}

int rf_find_other_credentials(void)
{
    model = rf_forker.tid != 0 ? rf_forker.tid : bare_tid();
    expected = hash_rights(model);
    long found = rf_numbers_in("/proc/self/task", compare);
    return found > 0 ? (int)found : RF_NOBODY;
}
