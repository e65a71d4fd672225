// SPDX-License-Identifier: Apache-2.0
//
// What a thread that stands says of itself, on its own stack below the frame of the signal: all
// that a thread made anew in the child is to have and that the signal's frame does not bring back.
#ifndef RF_FORK_BARE_PARKED_H
#define RF_FORK_BARE_PARKED_H

#include "fork/bare/bare.h"
#include "fork/fork.h"

enum { CPU_WORDS = 32 }; // 2048 processors; with more of them affinity is the forker's

// struct sched_attr of sched_setattr(2), as it was first; C libraries have it lately, or never.
struct bare_schedule {
    uint32_t bytes;
    uint32_t policy;
    uint64_t flags;
    int32_t nice;
    uint32_t priority;
    uint64_t runtime;
    uint64_t deadline;
    uint64_t period;
};

// What a thread made anew inherits from the forker, unless it is set.
struct rf_traits {
    struct bare_schedule schedule;
    long timer_slack;
    long cpu_bytes; // what the kernel tells of cpus, or negative
    unsigned long cpus[CPU_WORDS];
};

struct rf_parked {
    int freeze; // its number
    void *context;
    uintptr_t thread_pointer;
    struct arch_registers registers;
    int *tid_address;
    void *robust_list;
    unsigned long robust_bytes;
    bool rseq;
    char name[RF_NAME_BYTES];
    struct rf_traits traits;
};

// The processor in a thread's area of restartable sequences, negative while the thread has not
// registered it.
static inline volatile int *rf_rseq_processor(uintptr_t thread_pointer)
{
    return (volatile int *)(thread_pointer + (uintptr_t)rf_forker.rseq_offset + sizeof(int));
}

// Fills in all but the freeze, for the calling thread in a signal's handler.
void rf_parked_describe(struct rf_parked *self, void *context);

// In the child: the thread again, which waits until its freeze is over and returns from the signal.
// Returns its number or a negative error number.
long rf_parked_revive(const struct rf_parked *parked);

// The calling thread's.
void rf_traits_read(struct rf_traits *traits);

// Makes a difference only where there is one.
void rf_traits_write(const struct rf_traits *traits, const struct rf_traits *inherited);

// Waits until the threads that stand since that freeze may go on.
void rf_freeze_wait(int freeze);

#endif
