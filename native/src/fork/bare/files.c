// SPDX-License-Identifier: Apache-2.0
//
// Files opened to read, whose offset would be shared: two processes that load classes from one jar
// would each move it under the other's hand. See bare.h for what may be used here.
#include "fork/bare/bare.h"
#include "fork/fork.h"

int rf_file_read(struct rf_descriptor *row)
{
    long offset = arch_syscall3(SYS_lseek, row->fd, 0, SEEK_CUR);

    row->value = offset < 0 ? 0 : (unsigned long long)offset;
    return 0;
}

// By way of /proc, which also finds a file that has no name any more, but is a symbolic link. Who
// may not read it any longer, having given up rights, goes on sharing it.
int rf_file_rebuild(int place, struct rf_fork_result *result)
{
    const struct rf_descriptor *row = &rf_descriptors[place];
    char path[BARE_PATH_BYTES];

    bare_put_number(bare_put(path, "/proc/thread-self/fd/"), row->fd);
    long fresh = bare_open(path, (row->status & ~O_NOFOLLOW) | O_CLOEXEC);
    if (fresh == -EMFILE || fresh == -ENFILE) {
        return (int)fresh;
    }
    if (fresh < 0) {
        result->files_shared++;
        return 0;
    }
    arch_syscall3(SYS_lseek, fresh, (long)row->value, SEEK_SET);
    result->files++;
    return rf_descriptor_replace(place, (int)fresh);
}
