// SPDX-License-Identifier: Apache-2.0
//
// HotSpot's records of the numbers of its threads, which are in thread dumps and by which it asks
// the kernel for a thread's time; see bare.h for what may be used here.
#include "fork/bare/parked.h"

// From a thread's TLS table by way of libjvm's block to its Thread, and to the OSThread of that.
// Each step may lead nowhere, and the number must be the expected one.
static uintptr_t find_number(const struct rf_thread *thread)
{
    const size_t slot_bytes = 2 * sizeof(uintptr_t);
    const size_t module = rf_hotspot.tls_module * slot_bytes;
    uintptr_t at = arch_tls_table(rf_parked_of(thread)->thread_pointer);
    int number;

    if (!rf_peek(at, &at, sizeof at) || !rf_peek(at + module, &at, sizeof at)
        || !rf_peek(at + rf_hotspot.thread_in_tls, &at, sizeof at)
        || !rf_peek(at + rf_hotspot.os_thread_in_thread, &at, sizeof at)) {
        return 0;
    }
    at += rf_hotspot.number_in_os_thread;
    return rf_peek(at, &number, sizeof number) && number == thread->tid ? at : 0;
}

int rf_os_threads_mend(void)
{
    int mended = 0;

    for (int i = 0; rf_hotspot.found && i < rf_thread_count(); i++) {
        uintptr_t number = rf_threads[i].new_tid == 0 ? 0 : find_number(&rf_threads[i]);
        if (number != 0) {
            *(int *)number = rf_threads[i].new_tid;
            mended++;
        }
    }
    return mended;
}
