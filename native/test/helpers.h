// SPDX-License-Identifier: Apache-2.0
//
// What the behaviours share: expectations, and pipes that are read with a deadline. A behaviour is
// one program; it holds if main returns 0.
#ifndef RINGFORK_TEST_HELPERS_H
#define RINGFORK_TEST_HELPERS_H

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ringfork.h"

// Long enough for a loaded machine, and well below the runner's own limit.
enum { DEADLINE_MS = 10000 };

#define EXPECT(condition)                                                                          \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            fprintf(stderr, "%s:%d: expected %s\n", __FILE__, __LINE__, #condition);               \
            exit(1);                                                                               \
        }                                                                                          \
    } while (0)

#define EXPECT_EQ(actual, expected) expect_eq(__FILE__, __LINE__, #actual, (actual), (expected))

static inline void expect_eq(const char *file, int line, const char *what, long long actual,
                             long long expected)
{
    if (actual != expected) {
        fprintf(stderr, "%s:%d: %s is %lld, expected %lld\n", file, line, what, actual, expected);
        exit(1);
    }
}

static inline int skip(const char *reason)
{
    puts(reason);
    return 77;
}

// A pipe as rf_signal_watch wants it: ends[0] to read, ends[1] to write, neither blocks.
static inline void open_pipe(int ends[2])
{
    EXPECT_EQ(pipe(ends), 0);
    for (int i = 0; i < 2; i++) {
        EXPECT_EQ(fcntl(ends[i], F_SETFL, O_NONBLOCK), 0);
        EXPECT_EQ(fcntl(ends[i], F_SETFD, FD_CLOEXEC), 0);
    }
}

static inline void fill_pipe(int fd)
{
    char zeros[512] = {0};

    while (write(fd, zeros, sizeof zeros) > 0) {
    }
    while (write(fd, zeros, 1) > 0) {
    }
    EXPECT_EQ(errno, EAGAIN);
}

// The next byte of a pipe; a failure if none comes before the deadline.
static inline int next_byte(int fd)
{
    struct pollfd readable = {.fd = fd, .events = POLLIN};
    unsigned char byte;
    int ready;

    do {
        ready = poll(&readable, 1, DEADLINE_MS);
    } while (ready < 0 && errno == EINTR);
    EXPECT_EQ(ready, 1);
    EXPECT_EQ(read(fd, &byte, 1), 1);
    return byte;
}

static inline bool is_empty(int fd)
{
    struct pollfd readable = {.fd = fd, .events = POLLIN};

    return poll(&readable, 1, 0) == 0;
}

#endif
