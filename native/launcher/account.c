// SPDX-License-Identifier: Apache-2.0
#include "account.h"

#include <errno.h>
#include <grp.h>
#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

#if defined(__linux__)
#include <sys/prctl.h>
#endif

// What setgroups(2) counts in.
#if defined(__linux__)
typedef size_t groups_count;
#else
typedef int groups_count;
#endif

enum { NUMBERS_MOST = 65536, USER = 0, GROUP = 1, GROUPS = 2 };

// How many numbers there are, or -EINVAL.
static int parse(const char *text, gid_t *numbers)
{
    int count = 0;

    for (;;) {
        char *end = NULL;
        unsigned long number = strtoul(text, &end, 10);

        if (end == text || number >= UINT_MAX || count == NUMBERS_MOST) {
            return -EINVAL;
        }
        numbers[count++] = (gid_t)number;
        if (*end == '\0') {
            return count;
        }
        if (*end != ',') {
            return -EINVAL;
        }
        text = end + 1;
    }
}

// The groups first, the user last: without the user's rights neither can be changed.
static int change(const gid_t *numbers, int count)
{
    uid_t user = numbers[USER];
    gid_t group = numbers[GROUP];

    if (user == geteuid() && group == getegid()) {
        return 0;
    }
    if (setgroups((groups_count)(count - GROUPS), numbers + GROUPS) != 0 || setgid(group) != 0
        || setuid(user) != 0) {
        return -errno;
    }
    if (user != 0 && setuid(0) == 0) {
        return -EPERM;
    }
#if defined(__linux__)
    // Else what is below /proc/self stays root's, and the virtual machine looks there.
    prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
#endif
    return 0;
}

int rf_account_become(const char *text)
{
    static gid_t numbers[NUMBERS_MOST];
    int count = parse(text, numbers);

    if (count >= 0 && count < GROUPS) {
        count = -EINVAL;
    }
    return count < 0 ? count : change(numbers, count);
}
