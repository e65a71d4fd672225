// SPDX-License-Identifier: Apache-2.0
//
// The system call instruction of x86-64: number and result in rax, arguments in rdi, rsi, rdx, r10,
// r8, r9. The instruction itself overwrites rcx (return address) and r11 (flags), which is why the
// fourth argument is not in rcx as in a function call. "memory", because the kernel reads and
// writes through the pointers it is given.
#ifndef RF_ARCH_X86_64_SYSCALL_H
#define RF_ARCH_X86_64_SYSCALL_H

static inline long arch_syscall0(long nr)
{
    long result;

    __asm__ volatile("syscall"
                     : "=a"(result)
                     : "a"(nr)
                     : "rcx", "r11", "memory");
    return result;
}

static inline long arch_syscall1(long nr, long a)
{
    long result;

    __asm__ volatile("syscall"
                     : "=a"(result)
                     : "a"(nr), "D"(a)
                     : "rcx", "r11", "memory");
    return result;
}

static inline long arch_syscall2(long nr, long a, long b)
{
    long result;

    __asm__ volatile("syscall"
                     : "=a"(result)
                     : "a"(nr), "D"(a), "S"(b)
                     : "rcx", "r11", "memory");
    return result;
}

static inline long arch_syscall3(long nr, long a, long b, long c)
{
    long result;

    __asm__ volatile("syscall"
                     : "=a"(result)
                     : "a"(nr), "D"(a), "S"(b), "d"(c)
                     : "rcx", "r11", "memory");
    return result;
}

static inline long arch_syscall4(long nr, long a, long b, long c, long d)
{
    register long r10 __asm__("r10") = d;
    long result;

    __asm__ volatile("syscall"
                     : "=a"(result)
                     : "a"(nr), "D"(a), "S"(b), "d"(c), "r"(r10)
                     : "rcx", "r11", "memory");
    return result;
}

static inline long arch_syscall5(long nr, long a, long b, long c, long d, long e)
{
    register long r10 __asm__("r10") = d;
    register long r8 __asm__("r8") = e;
    long result;

    __asm__ volatile("syscall"
                     : "=a"(result)
                     : "a"(nr), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8)
                     : "rcx", "r11", "memory");
    return result;
}

static inline long arch_syscall6(long nr, long a, long b, long c, long d, long e, long f)
{
    register long r10 __asm__("r10") = d;
    register long r8 __asm__("r8") = e;
    register long r9 __asm__("r9") = f;
    long result;

    __asm__ volatile("syscall"
                     : "=a"(result)
                     : "a"(nr), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                     : "rcx", "r11", "memory");
    return result;
}

#endif
