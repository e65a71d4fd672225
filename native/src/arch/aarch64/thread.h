// SPDX-License-Identifier: Apache-2.0
//
// Threads of aarch64 without the C library: what is where in one, how one is made, and how one goes
// back to where a signal interrupted it. The keys of pointer authentication are the process's, so
// that every copy of a thread has them; TPIDR2 and the vector registers are in the signal's frame.
#ifndef RF_ARCH_AARCH64_THREAD_H
#define RF_ARCH_AARCH64_THREAD_H

#include <signal.h>
#include <stdint.h>
#include <sys/syscall.h>

#include "arch/aarch64/syscall.h"

// What the kernel wants to see before the abort handlers of restartable sequences.
#define ARCH_RSEQ_SIGNATURE 0xd428bc00

enum { ARCH_PRCTL_SHADOW_STACK_STATUS = 74 };

// The registers that neither clone(2) nor a signal frame carries over: none.
struct arch_registers {
    unsigned long none;
};

static inline uintptr_t arch_thread_pointer(void)
{
    uintptr_t pointer;

    __asm__ volatile("mrs %0, tpidr_el0"
                     : "=r"(pointer));
    return pointer;
}

// Where glibc keeps a thread's table of TLS blocks.
static inline uintptr_t arch_tls_table(uintptr_t thread_pointer)
{
    return thread_pointer;
}

static inline void arch_read_registers(struct arch_registers *registers)
{
    registers->none = 0;
}

static inline void arch_write_registers(const struct arch_registers *registers)
{
    (void)registers;
}

// Whether returns are checked against a second stack, which a thread made here would not have.
static inline int arch_has_shadow_stack(void)
{
    unsigned long features = 0;
    long error = arch_syscall5(SYS_prctl, ARCH_PRCTL_SHADOW_STACK_STATUS, (long)&features, 0, 0, 0);

    return error == 0 && features != 0;
}

// fork(2) by its system call: the copy returns 0, on the copy of this stack.
static inline long arch_clone_process(long flags, int *pidfd, int *tid)
{
    return arch_syscall5(SYS_clone, flags, 0, (long)pidfd, 0, (long)tid);
}

// A thread that calls run(argument), which never returns, on the stack that ends at top. Its number
// is written to tid, and cleared there when it ends.
static inline long arch_clone_thread(long flags, uintptr_t top, int *tid, uintptr_t thread_pointer,
                                     void (*run)(void *), void *argument)
{
    register long x8 __asm__("x8") = SYS_clone;
    register long x0 __asm__("x0") = flags;
    register uintptr_t x1 __asm__("x1") = top;
    register int *x2 __asm__("x2") = tid;
    register uintptr_t x3 __asm__("x3") = thread_pointer;
    register int *x4 __asm__("x4") = tid;
    register void (*x19)(void *) __asm__("x19") = run;
    register void *x20 __asm__("x20") = argument;

    __asm__ volatile("svc #0\n\t"
                     "cbnz x0, 1f\n\t"
                     "mov x29, #0\n\t"
                     "mov x30, #0\n\t"
                     "mov x0, x20\n\t"
                     "blr x19\n\t"
                     "brk #1\n"
                     "1:"
                     : "+r"(x0)
                     : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x19), "r"(x20)
                     : "memory", "cc");
    return x0;
}

// Goes back to what a signal interrupted. The handler's frame is a siginfo_t and then the context.
static inline _Noreturn void arch_return_from_signal(void *context)
{
    register long x8 __asm__("x8") = SYS_rt_sigreturn;

    __asm__ volatile("mov sp, %0\n\t"
                     "svc #0\n\t"
                     "brk #1"
                     :
                     : "r"((char *)context - sizeof(siginfo_t)), "r"(x8)
                     : "memory");
    __builtin_unreachable();
}

#endif
