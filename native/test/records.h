// SPDX-License-Identifier: Apache-2.0
//
// For the behaviours of rf_siginfo: a record of the pipe, read with a deadline.
#ifndef RINGFORK_TEST_RECORDS_H
#define RINGFORK_TEST_RECORDS_H

#include "helpers.h"

static inline struct rf_siginfo next_record(int fd)
{
    struct pollfd readable = {.fd = fd, .events = POLLIN};
    struct rf_siginfo record;
    int ready;

    do {
        ready = poll(&readable, 1, DEADLINE_MS);
    } while (ready < 0 && errno == EINTR);
    EXPECT_EQ(ready, 1);
    EXPECT_EQ(read(fd, &record, sizeof record), sizeof record);
    return record;
}

#endif
