// SPDX-License-Identifier: Apache-2.0
//
// Threads of x86-64 without the C library: what is where in one, how one is made, and how one goes
// back to where a signal interrupted it.
#ifndef RF_ARCH_X86_64_THREAD_H
#define RF_ARCH_X86_64_THREAD_H

#include <stdint.h>
#include <sys/syscall.h>

#include "arch/x86_64/syscall.h"

// What the kernel wants to see before the abort handlers of restartable sequences.
#define ARCH_RSEQ_SIGNATURE 0x53053053

enum { ARCH_GET_GS_BASE = 0x1004, ARCH_SET_GS_BASE = 0x1001, ARCH_SHADOW_STACK_STATUS = 0x5005 };

// The registers that neither clone(2) nor a signal frame carries over.
struct arch_registers {
    unsigned long gs;
};

static inline uintptr_t arch_thread_pointer(void)
{
    uintptr_t pointer;

    __asm__ volatile("movq %%fs:0, %0"
                     : "=r"(pointer));
    return pointer;
}

// Where glibc keeps a thread's table of TLS blocks.
static inline uintptr_t arch_tls_table(uintptr_t thread_pointer)
{
    return thread_pointer + 8;
}

static inline void arch_read_registers(struct arch_registers *registers)
{
    registers->gs = 0;
    arch_syscall2(SYS_arch_prctl, ARCH_GET_GS_BASE, (long)&registers->gs);
}

static inline void arch_write_registers(const struct arch_registers *registers)
{
    if (registers->gs != 0) {
        arch_syscall2(SYS_arch_prctl, ARCH_SET_GS_BASE, (long)registers->gs);
    }
}

// Whether returns are checked against a second stack, which a thread made here would not have.
static inline int arch_has_shadow_stack(void)
{
    unsigned long features = 0;
    long error = arch_syscall2(SYS_arch_prctl, ARCH_SHADOW_STACK_STATUS, (long)&features);

    return error == 0 && features != 0;
}

// fork(2) by its system call: the copy returns 0, on the copy of this stack.
static inline long arch_clone_process(long flags, int *pidfd, int *tid)
{
    return arch_syscall5(SYS_clone, flags, 0, (long)pidfd, (long)tid, 0);
}

// A thread that calls run(argument), which never returns, on the stack that ends at top. Its number
// is written to tid, and cleared there when it ends.
static inline long arch_clone_thread(long flags, uintptr_t top, int *tid, uintptr_t thread_pointer,
                                     void (*run)(void *), void *argument)
{
    register int *r10 __asm__("r10") = tid;
    register uintptr_t r8 __asm__("r8") = thread_pointer;
    register void (*r12)(void *) __asm__("r12") = run;
    register void *r13 __asm__("r13") = argument;
    long result;

    __asm__ volatile("syscall\n\t"
                     "testq %%rax, %%rax\n\t"
                     "jnz 1f\n\t"
                     "xorl %%ebp, %%ebp\n\t"
                     "movq %%r13, %%rdi\n\t"
                     "callq *%%r12\n\t"
                     "ud2\n"
                     "1:"
                     : "=a"(result)
                     : "a"(SYS_clone), "D"(flags), "S"(top), "d"(tid), "r"(r10), "r"(r8), "r"(r12),
                       "r"(r13)
                     : "rcx", "r11", "memory", "cc");
    return result;
}

// Goes back to what a signal interrupted. The handler's frame ends where its context begins.
static inline _Noreturn void arch_return_from_signal(void *context)
{
    __asm__ volatile("movq %0, %%rsp\n\t"
                     "movl %1, %%eax\n\t"
                     "syscall\n\t"
                     "ud2"
                     :
                     : "r"(context), "i"(SYS_rt_sigreturn)
                     : "memory");
    __builtin_unreachable();
}

#endif
