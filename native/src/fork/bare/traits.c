// SPDX-License-Identifier: Apache-2.0
//
// Scheduling, affinity and timer slack of a thread; see bare.h for what may be used here.
#include "fork/bare/parked.h"

#include <sys/prctl.h>

void rf_traits_read(struct rf_traits *traits)
{
    traits->schedule.bytes = 0;
    arch_syscall4(SYS_sched_getattr, 0, (long)&traits->schedule, sizeof traits->schedule, 0);
    traits->timer_slack = arch_syscall2(SYS_prctl, PR_GET_TIMERSLACK, 0);
    traits->cpu_bytes = arch_syscall3(SYS_sched_getaffinity, 0, sizeof traits->cpus,
                                      (long)traits->cpus);
}

static bool same_cpus(const struct rf_traits *one, const struct rf_traits *other)
{
    if (one->cpu_bytes != other->cpu_bytes) {
        return false;
    }
    for (long i = 0; i < one->cpu_bytes / (long)sizeof one->cpus[0]; i++) {
        if (one->cpus[i] != other->cpus[i]) {
            return false;
        }
    }
    return true;
}

void rf_traits_write(const struct rf_traits *traits, const struct rf_traits *inherited)
{
    const struct bare_schedule *schedule = &traits->schedule;

    if (schedule->bytes != 0
        && (schedule->policy != inherited->schedule.policy
            || schedule->nice != inherited->schedule.nice
            || schedule->priority != inherited->schedule.priority)) {
        arch_syscall3(SYS_sched_setattr, 0, (long)schedule, 0);
    }
    if (traits->timer_slack > 0 && traits->timer_slack != inherited->timer_slack) {
        arch_syscall2(SYS_prctl, PR_SET_TIMERSLACK, traits->timer_slack);
    }
    if (traits->cpu_bytes > 0 && !same_cpus(traits, inherited)) {
        arch_syscall3(SYS_sched_setaffinity, 0, traits->cpu_bytes, (long)traits->cpus);
    }
}
