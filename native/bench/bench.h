// SPDX-License-Identifier: Apache-2.0
//
// The calls that the benchmarks in Java make, in C: what the kernel costs without a way to it.
#ifndef RF_BENCH_H
#define RF_BENCH_H

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>

// One row of the table: a name and a number that say what is measured, and how.
struct bench_row {
    const char *key; // as in Java: pipe.writeRead bytes=64
    long size;       // what is behind the = sign
    void (*open)(long size);
    void (*loop)(uint64_t times);
    void (*close)(void);
    bool wall; // it waits for somebody else: the clock counts, not the processor's time
};

// The rows of each file, ended by one without a key.
extern const struct bench_row bench_plain_rows[];
extern const struct bench_row bench_stream_rows[];
extern const struct bench_row bench_polling_rows[];
extern const struct bench_row bench_socket_rows[];
extern const struct bench_row bench_process_rows[];
extern const struct bench_row bench_epoll_rows[];
extern const struct bench_row bench_uring_rows[];
extern const struct bench_row bench_file_rows[];

// Ends the program: says what has failed, and errno.
_Noreturn void bench_fail(const char *what);

// The check of each call, in place of an exception.
static inline long bench_check(long result, const char *what)
{
    if (result < 0) {
        bench_fail(what);
    }
    return result;
}

// Connects two sockets by TCP.
void bench_connect(int *sender, int *receiver);

// The check of a call that may find nothing to do: 0 then.
long bench_again(long result, const char *what);

// Takes out what has arrived by TCP, which drops what is not asked for (MSG_TRUNC): how many bytes.
long bench_drain(int receiver);

#define CHECK(call) bench_check((long)(call), #call)

// The shape of JMH's loop: the operation in place, checked, and nothing else.
#define LOOP(name, operation)                  \
    static void name(uint64_t times)           \
    {                                          \
        for (uint64_t i = 0; i < times; i++) { \
            operation;                         \
        }                                      \
    }

#endif
