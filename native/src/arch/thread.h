// SPDX-License-Identifier: Apache-2.0
#ifndef RF_ARCH_THREAD_H
#define RF_ARCH_THREAD_H

#if defined(__x86_64__) && defined(__LP64__)
#include "arch/x86_64/thread.h"
#elif defined(__aarch64__) && defined(__LP64__)
#include "arch/aarch64/thread.h"
#else
#error "no threads for this architecture: add src/arch/<arch>/thread.h"
#endif

#endif
