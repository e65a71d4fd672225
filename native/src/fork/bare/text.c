// SPDX-License-Identifier: Apache-2.0
//
// Reading /proc; see bare.h for what may be used here.
#include "fork/bare/bare.h"
#include "fork/fork.h"

// getdents64(2).
struct entry {
    uint64_t inode;
    int64_t offset;
    unsigned short bytes;
    unsigned char type;
    char name[];
};

enum { FOLDER_BYTES = 32 * 1024 };

static _Alignas(struct entry) char folder_bytes[FOLDER_BYTES];

static int visit_entries(long length, long own, int (*visit)(int number))
{
    for (long at = 0; at < length;) {
        const struct entry *entry = (const void *)(folder_bytes + at);
        long number = (long)bare_number(entry->name, 10);
        at += entry->bytes;
        if (entry->name[0] >= '0' && entry->name[0] <= '9' && number != own) {
            int error = visit((int)number);
            if (error != 0) {
                return error;
            }
        }
    }
    return 0;
}

long rf_numbers_in(const char *folder, int (*visit)(int number))
{
    long fd = bare_open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    long length;
    int error = 0;

    if (fd < 0) {
        return fd;
    }
    do {
        length = arch_syscall3(SYS_getdents64, fd, (long)folder_bytes, FOLDER_BYTES);
        error = length < 0 ? (int)length : visit_entries(length, fd, visit);
    } while (error == 0 && length > 0);
    bare_close(fd);
    return error;
}

long rf_read_text(const char *path)
{
    long fd = bare_open(path, O_RDONLY | O_CLOEXEC);
    long length = 0;
    long count;

    if (fd < 0) {
        return fd;
    }
    do {
        count = arch_syscall3(SYS_read, fd, (long)(rf_text + length), RF_TEXT_BYTES - 1 - length);
        length += count > 0 ? count : 0;
    } while (count > 0 && length < RF_TEXT_BYTES - 1);
    bare_close(fd);
    rf_text[length] = '\0';
    if (count < 0) {
        return count;
    }
    return length == RF_TEXT_BYTES - 1 ? -E2BIG : length;
}
