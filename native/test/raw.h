// SPDX-License-Identifier: Apache-2.0
//
// For the behaviours of rf_syscall: on a system without raw system calls, a main that says so.
#ifndef RINGFORK_TEST_RAW_H
#define RINGFORK_TEST_RAW_H

#include "helpers.h"

#if defined(__linux__)

#include <sys/syscall.h>

static inline long address(const void *target)
{
    return (long)(intptr_t)target;
}

#else

int main(void)
{
    return skip("this system has no stable system call numbers");
}

#endif
#endif
