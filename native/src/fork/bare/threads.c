// SPDX-License-Identifier: Apache-2.0
//
// Making the parent's threads again in the child; see bare.h for what may be used here.
//
// Each is cloned onto its own stack, below the frame of the signal that stopped it, sets what it
// had and a new thread has not, and returns from the signal. That brings back its registers, among
// them those of vectors and floating point, its signal mask and its alternate stack.
#include "fork/bare/parked.h"

#include <sched.h>
#include <sys/prctl.h>

enum {
    THREAD_FLAGS = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM
                   | CLONE_SETTLS | CLONE_PARENT_SETTID | CLONE_CHILD_CLEARTID,
    STACK_ALIGNMENT = 64,
    UNREGISTERED = -2 // RSEQ_CPU_ID_REGISTRATION_FAILED
};

// What the new threads have from the forker.
static struct rf_traits inherited;

__attribute__((no_sanitize_address)) static void resume(void *argument)
{
    const struct rf_parked *self = argument;

    if (self->robust_list != NULL) {
        arch_syscall2(SYS_set_robust_list, (long)self->robust_list, (long)self->robust_bytes);
    }
    if (self->rseq
        && arch_syscall4(SYS_rseq, (long)(self->thread_pointer + (uintptr_t)rf_forker.rseq_offset),
                         rf_forker.rseq_bytes, 0, ARCH_RSEQ_SIGNATURE)
               != 0) {
        // Else the C library would read a number there that nobody writes any more.
        *rf_rseq_processor(self->thread_pointer) = UNREGISTERED;
    }
    arch_syscall2(SYS_prctl, PR_SET_NAME, (long)self->name);
    arch_write_registers(&self->registers);
    rf_traits_write(&self->traits, &inherited);
    rf_freeze_wait(self->freeze);
    arch_return_from_signal(self->context);
}

long rf_parked_revive(const struct rf_parked *parked)
{
    // Below it nothing is needed any more: the handler never goes on.
    uintptr_t top = (uintptr_t)parked & ~(uintptr_t)(STACK_ALIGNMENT - 1);

    return arch_clone_thread(THREAD_FLAGS, top, parked->tid_address, parked->thread_pointer, resume,
                             (void *)(uintptr_t)parked);
}

int rf_threads_restore(struct rf_fork_result *result)
{
    rf_traits_read(&inherited);
    for (int i = 0; i < rf_thread_count(); i++) {
        struct rf_thread *thread = &rf_threads[i];
        const struct rf_parked *parked = rf_parked_of(thread);
        if (parked == NULL) {
            continue;
        }
        long tid = rf_parked_revive(parked);
        if (tid < 0) {
            result->culprit = thread->tid;
            return (int)tid;
        }
        thread->new_tid = (int)tid;
        result->threads++;
    }
    return 0;
}
