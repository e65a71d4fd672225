// SPDX-License-Identifier: Apache-2.0
#include "placement.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#if defined(__linux__)
#include <limits.h>
#include <sys/syscall.h>
#endif

// One by one: closing what is listed while it is being listed would skip some, so it begins anew
// until a round has found nothing to close.
static int close_listed(int from)
{
    int found;

    do {
        DIR *listing = opendir("/dev/fd");

        if (listing == NULL) {
            return -errno;
        }
        found = -1;
        for (struct dirent *entry; found < 0 && (entry = readdir(listing)) != NULL;) {
            long fd = strtol(entry->d_name, NULL, 10);

            if (fd >= from && fd != dirfd(listing)) {
                found = (int)fd;
            }
        }
        closedir(listing);
        if (found >= 0) {
            close(found);
        }
    } while (found >= 0);
    return 0;
}

static int close_from(int from)
{
#if defined(SYS_close_range)
    // By number: C libraries have had the name for a shorter time than kernels the call.
    if (syscall(SYS_close_range, (unsigned)from, UINT_MAX, 0) == 0) {
        return 0;
    }
#endif
    return close_listed(from);
}

int rf_placement(int *fds, size_t count, int first)
{
    int end = first + (int)count;

    // Out of the way first, so that none is overwritten by another that takes its place.
    for (size_t i = 0; i < count; i++) {
        fds[i] = fcntl(fds[i], F_DUPFD, end);
        if (fds[i] < 0) {
            return -errno;
        }
    }
    for (size_t i = 0; i < count; i++) {
        if (dup2(fds[i], first + (int)i) < 0) {
            return -errno;
        }
    }
    return close_from(end);
}
