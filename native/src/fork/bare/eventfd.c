// SPDX-License-Identifier: Apache-2.0
//
// eventfds, by which threads wake one another; see bare.h for what may be used here.
#include "fork/bare/bare.h"
#include "fork/fork.h"

#include <sys/eventfd.h>

// /proc alone tells the count without taking it. Older kernels do not tell of semaphores, nor which
// descriptors are of one eventfd: then kcmp(2) does.
int rf_eventfd_read(struct rf_descriptor *row)
{
    char path[BARE_PATH_BYTES];

    bare_put_number(bare_put(path, "/proc/thread-self/fdinfo/"), row->fd);
    long length = rf_read_text(path);
    if (length < 0) {
        return (int)length;
    }
    const char *count = bare_after(rf_text, "eventfd-count:");
    const char *number = bare_after(rf_text, "eventfd-id:");
    const char *semaphore = bare_after(rf_text, "eventfd-semaphore:");
    if (count == NULL) {
        return -EOPNOTSUPP;
    }
    row->value = bare_number(count, 16);
    row->identity = number == NULL ? 0 : (unsigned long)bare_number(number, 10);
    row->semaphore = semaphore != NULL && bare_number(semaphore, 10) != 0;
    row->status = (int)bare_fcntl(row->fd, F_GETFL, 0);
    return 0;
}

int rf_eventfd_rebuild(int place)
{
    const struct rf_descriptor *row = &rf_descriptors[place];
    long fresh = arch_syscall2(SYS_eventfd2, 0,
                               (row->status & O_NONBLOCK) | (row->semaphore ? EFD_SEMAPHORE : 0));

    if (fresh < 0) {
        return (int)fresh;
    }
    if (row->value != 0) {
        arch_syscall3(SYS_write, fresh, (long)&row->value, sizeof row->value);
    }
    return rf_descriptor_replace(place, (int)fresh);
}
