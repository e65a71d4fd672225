// SPDX-License-Identifier: Apache-2.0
//
// The data of the loaded libraries, where bare/locks.c looks for locks.
#include "fork/fork.h"

#include <link.h>
#include <string.h>
#include <unistd.h>

static void add(uintptr_t start, uintptr_t end, bool of_hotspot)
{
    // Pages are mapped whole, so that a lock at the very end has a window too.
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);

    start &= ~(uintptr_t)(sizeof(long) - 1);
    end = (end + page - 1) & ~(page - 1);
    if (rf_region_count < RF_MOST_REGIONS) {
        rf_regions[rf_region_count++] = (struct rf_region){start, end - start, of_hotspot};
    }
}

static int add_library(struct dl_phdr_info *library, size_t bytes, void *context)
{
    bool of_hotspot = strstr(library->dlpi_name, "/libjvm.so") != NULL;

    (void)bytes;
    (void)context;
    for (int i = 0; i < library->dlpi_phnum; i++) {
        const ElfW(Phdr) *part = &library->dlpi_phdr[i];
        uintptr_t start = library->dlpi_addr + part->p_vaddr;
        if (part->p_type == PT_LOAD && (part->p_flags & PF_W) != 0) {
            add(start, start + part->p_memsz, of_hotspot);
        }
    }
    return 0;
}

void rf_regions_find(void)
{
    rf_region_count = 0;
    dl_iterate_phdr(add_library, NULL);
}
