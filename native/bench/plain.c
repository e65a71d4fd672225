// SPDX-License-Identifier: Apache-2.0
//
// A call of a function that does nothing, and a system call that does next to nothing.
#include <stddef.h>
#include <unistd.h>

#include "bench.h"
#include "ringfork.h"

static const char *volatile seen;

static void nothing(long size)
{
    (void)size;
}

static void nothing_to_close(void)
{
}

LOOP(call, seen = rf_version())
LOOP(parent, CHECK(getppid()))

const struct bench_row bench_plain_rows[] = {
    {"noop.plain", 0, nothing, call, nothing_to_close, false},
    {"noop.critical", 0, nothing, call, nothing_to_close, false},
    {"process.getppid", 0, nothing, parent, nothing_to_close, false},
    {.key = NULL},
};
