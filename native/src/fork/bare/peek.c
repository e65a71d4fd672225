// SPDX-License-Identifier: Apache-2.0
//
// Reading memory that may be gone: a library may have been unloaded by a thread before it stood.
// write(2) says EFAULT where an instruction would fault, and no filter of seccomp(2) forbids a pipe
// to oneself as it may process_vm_readv(2). See bare.h for what may be used here.
#include "fork/bare/bare.h"
#include "fork/fork.h"

enum {
    CHUNK_BYTES = 4096,
    PAGE_BYTES = 4096 // at least
};

static int ends[2];
static _Alignas(16) char chunk[CHUNK_BYTES];

int rf_peek_open(void)
{
    return (int)arch_syscall2(SYS_pipe2, (long)ends, O_CLOEXEC | O_NONBLOCK);
}

void rf_peek_close(void)
{
    bare_close(ends[0]);
    bare_close(ends[1]);
}

bool rf_peek(uintptr_t address, void *into, size_t bytes)
{
    long count = arch_syscall3(SYS_write, ends[1], (long)address, (long)bytes);

    // What was written is read even if it is not all, so that the pipe is empty.
    return count > 0 && arch_syscall3(SYS_read, ends[0], (long)into, count) == (long)bytes;
}

static uintptr_t next_page(uintptr_t address)
{
    return (address | (PAGE_BYTES - 1)) + 1;
}

static int scan(const struct rf_region *region, bool (*visit)(uintptr_t, const char *))
{
    const size_t step = sizeof(long);
    int found = 0;

    for (size_t at = 0; at + RF_WINDOW_BYTES <= region->bytes;) {
        size_t left = region->bytes - at;
        size_t bytes = left < CHUNK_BYTES ? left : CHUNK_BYTES;
        if (!rf_peek(region->start + at, chunk, bytes)) {
            // Whichever page it was, the next one may be there.
            at = next_page(region->start + at) - region->start;
            continue;
        }
        size_t last = bytes - RF_WINDOW_BYTES;
        for (size_t i = 0; i <= last; i += step) {
            found += visit(region->start + at + i, chunk + i) ? 1 : 0;
        }
        at += last + step;
    }
    return found;
}

int rf_regions_scan(bool only_hotspot, bool (*visit)(uintptr_t address, const char *window))
{
    int found = 0;

    for (int i = 0; i < rf_region_count; i++) {
        if (rf_regions[i].of_hotspot || !only_hotspot) {
            found += scan(&rf_regions[i], visit);
        }
    }
    return found;
}
