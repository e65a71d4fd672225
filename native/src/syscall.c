// SPDX-License-Identifier: Apache-2.0
//
// The exported entry points of the raw system calls. The compiler arranges the registers, which is
// why they are C and not assembler files: what a platform wants at a function's entry and exit
// (endbr64, bti, unwind tables) comes by itself.
#include "ringfork.h"

#if defined(__x86_64__) && defined(__LP64__)
#include "arch/x86_64/syscall.h"
#elif defined(__aarch64__) && defined(__LP64__)
#include "arch/aarch64/syscall.h"
#else
#error "no raw system calls for this architecture: add src/arch/<arch>/syscall.h"
#endif

long rf_syscall0(long nr)
{
    return arch_syscall0(nr);
}

long rf_syscall1(long nr, long a)
{
    return arch_syscall1(nr, a);
}

long rf_syscall2(long nr, long a, long b)
{
    return arch_syscall2(nr, a, b);
}

long rf_syscall3(long nr, long a, long b, long c)
{
    return arch_syscall3(nr, a, b, c);
}

long rf_syscall4(long nr, long a, long b, long c, long d)
{
    return arch_syscall4(nr, a, b, c, d);
}

long rf_syscall5(long nr, long a, long b, long c, long d, long e)
{
    return arch_syscall5(nr, a, b, c, d, e);
}

long rf_syscall6(long nr, long a, long b, long c, long d, long e, long f)
{
    return arch_syscall6(nr, a, b, c, d, e, f);
}
