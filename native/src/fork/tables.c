// SPDX-License-Identifier: Apache-2.0
//
// The memory of rf_fork's tables: mapped once, since nothing can be allocated while the process
// stands still.
#include "fork/fork.h"

#include <errno.h>
#include <sys/mman.h>

char *rf_text;
struct rf_thread *rf_threads;
int *rf_place_of_tid;
struct rf_descriptor *rf_descriptors;
int rf_descriptor_count;
struct rf_region *rf_regions;
int rf_region_count;
struct rf_hotspot rf_hotspot;
struct rf_forker rf_forker;

static void *map(size_t bytes)
{
    void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

    return memory == MAP_FAILED ? NULL : memory;
}

int rf_fork_tables(void)
{
    if (rf_regions != NULL) {
        return 0;
    }
    rf_text = map(RF_TEXT_BYTES);
    rf_threads = map(RF_MOST_THREADS * sizeof *rf_threads);
    rf_place_of_tid = map(RF_MOST_TIDS * sizeof *rf_place_of_tid);
    rf_descriptors = map(RF_MOST_DESCRIPTORS * sizeof *rf_descriptors);
    struct rf_region *regions = map(RF_MOST_REGIONS * sizeof *rf_regions);
    if (rf_text == NULL || rf_threads == NULL || rf_place_of_tid == NULL || rf_descriptors == NULL
        || regions == NULL) {
        return -ENOMEM;
    }
    rf_regions = regions;
    return 0;
}
