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

// Where the part ends that the loader has made read-only: nothing there is a lock that is held.
static uintptr_t end_of_constants(const struct dl_phdr_info *library)
{
    for (int i = 0; i < library->dlpi_phnum; i++) {
        const ElfW(Phdr) *part = &library->dlpi_phdr[i];
        if (part->p_type == PT_GNU_RELRO) {
            return library->dlpi_addr + part->p_vaddr + part->p_memsz;
        }
    }
    return 0;
}

static int add_library(struct dl_phdr_info *library, size_t bytes, void *context)
{
    bool of_hotspot = strstr(library->dlpi_name, "/libjvm.so") != NULL;
    uintptr_t constant = end_of_constants(library);

    (void)bytes;
    (void)context;
    for (int i = 0; i < library->dlpi_phnum; i++) {
        const ElfW(Phdr) *part = &library->dlpi_phdr[i];
        uintptr_t start = library->dlpi_addr + part->p_vaddr;
        uintptr_t end = start + part->p_memsz;
        if (part->p_type == PT_LOAD && (part->p_flags & PF_W) != 0 && constant < end) {
            add(start < constant ? constant : start, end, of_hotspot);
        }
    }
    return 0;
}

void rf_regions_find(void)
{
    rf_region_count = 0;
    dl_iterate_phdr(add_library, NULL);
}
