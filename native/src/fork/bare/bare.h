// SPDX-License-Identifier: Apache-2.0
//
// What the files of this folder are made of: system calls without the C library.
//
// They run while every other thread of the process is stopped at an arbitrary instruction, or in a
// copy of the process whose other threads do not exist yet. Any lock of the C library may be held
// by somebody who cannot let go of it, and errno belongs to a thread that is not there. So nothing
// here calls the C library: no allocation, no stdio, no errno, not even memcpy, which a lazily
// bound program would look up under the loader's lock. The Makefile compiles this folder for that,
// and a behaviour in test/ lists what the objects call.
#ifndef RF_FORK_BARE_H
#define RF_FORK_BARE_H

#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <time.h>

#include "arch/thread.h"

// Older headers lack it.
#ifndef PR_GET_TID_ADDRESS
#define PR_GET_TID_ADDRESS 40
#endif

enum {
    BARE_NS_PER_MS = 1000 * 1000,
    BARE_PATH_BYTES = 64, // for "/proc/thread-self/fdinfo/" and a number
};

static inline long bare_open(const char *path, int flags)
{
    return arch_syscall4(SYS_openat, AT_FDCWD, (long)path, flags, 0);
}

static inline long bare_close(long fd)
{
    return arch_syscall1(SYS_close, fd);
}

static inline long bare_fcntl(int fd, int command, long argument)
{
    return arch_syscall3(SYS_fcntl, fd, command, argument);
}

// What is known of an open file here, without asking the server of a file system: that may be one
// of the threads that stand, or out of reach.
static inline long bare_stat(int fd, struct statx *status)
{
    return arch_syscall5(SYS_statx, fd, (long)"", AT_EMPTY_PATH | AT_STATX_DONT_SYNC,
                         STATX_TYPE | STATX_INO, (long)status);
}

static inline int bare_pid(void)
{
    return (int)arch_syscall0(SYS_getpid);
}

static inline int bare_tid(void)
{
    return (int)arch_syscall0(SYS_gettid);
}

static inline long long bare_now_ns(void)
{
    struct timespec now;

    arch_syscall2(SYS_clock_gettime, CLOCK_MONOTONIC, (long)&now);
    return now.tv_sec * 1000000000LL + now.tv_nsec;
}

// Waits until the word is woken, unless it is not the value (any more): callers look again. For
// ever if ns is 0. Not the private kind of futex, so that it does between processes too.
static inline void bare_wait(atomic_int *word, int value, long ns)
{
    struct timespec limit = {.tv_sec = ns / 1000000000, .tv_nsec = ns % 1000000000};

    arch_syscall4(SYS_futex, (long)word, FUTEX_WAIT, value, ns == 0 ? 0 : (long)&limit);
}

static inline void bare_wake(atomic_int *word)
{
    arch_syscall3(SYS_futex, (long)word, FUTEX_WAKE, INT32_MAX);
}

static inline void bare_pause(long ms)
{
    struct timespec pause = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * BARE_NS_PER_MS};

    arch_syscall2(SYS_nanosleep, (long)&pause, 0);
}

// Puts a text or a number at the end of a text. Returns the new end.
static inline char *bare_put(char *end, const char *text)
{
    while (*text != '\0') {
        *end++ = *text++;
    }
    *end = '\0';
    return end;
}

static inline char *bare_put_number(char *end, long number)
{
    char digits[24];
    int count = 0;

    do {
        digits[count++] = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    while (count > 0) {
        *end++ = digits[--count];
    }
    *end = '\0';
    return end;
}

static inline bool bare_starts(const char *text, const char *beginning)
{
    while (*beginning != '\0') {
        if (*text++ != *beginning++) {
            return false;
        }
    }
    return true;
}

// Behind the next place in the text where the word stands, and the blanks that follow it; or NULL.
static inline const char *bare_after(const char *text, const char *word)
{
    for (; *text != '\0'; text++) {
        if (bare_starts(text, word)) {
            while (*word != '\0') {
                word++;
                text++;
            }
            while (*text == ' ' || *text == '\t') {
                text++;
            }
            return text;
        }
    }
    return NULL;
}

// The number that a text begins with, 0 if it does not.
static inline unsigned long long bare_number(const char *text, unsigned base)
{
    unsigned long long number = 0;

    for (;; text++) {
        unsigned digit = *text >= 'a' ? (unsigned)(*text - 'a') + 10 : (unsigned)(*text - '0');
        if (*text < '0' || (*text > '9' && *text < 'a') || digit >= base) {
            return number;
        }
        number = number * base + digit;
    }
}

// Calls visit with each number that is a name in the folder, except that of the folder's own
// descriptor. Returns 0 or a negative error number, of visit's as well.
long rf_numbers_in(const char *folder, int (*visit)(int number));

// Reads a file of /proc whole into rf_text. Returns its length or a negative error number.
long rf_read_text(const char *path);

#endif
