// SPDX-License-Identifier: Apache-2.0
//
// A part of a file into a TCP connection, in three ways.
#include <fcntl.h>
#include <stdlib.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bench.h"

enum { CHUNK = 65536 };

static int file;
static int sender;
static int receiver;
static int ends[2];
static long in_pipe;
static long bytes;
static char *buffer;

static void open_file(long size)
{
    bytes = size;
    in_pipe = 0;
    char name[] = "/tmp/ringfork-bench-XXXXXX";
    file = (int)CHECK(mkstemp(name));
    CHECK(unlink(name));
    buffer = calloc(1, CHUNK);
    for (long at = 0; at < bytes; at += CHUNK) {
        CHECK(pwrite(file, buffer, (size_t)(bytes - at < CHUNK ? bytes - at : CHUNK), at));
    }
    CHECK(pipe2(ends, O_CLOEXEC | O_NONBLOCK));
    bench_connect(&sender, &receiver);
    CHECK(fcntl(sender, F_SETFL, O_NONBLOCK));
}

static void close_file(void)
{
    close(file);
    close(sender);
    close(receiver);
    close(ends[0]);
    close(ends[1]);
    free(buffer);
}

static long by_buffer(long at, size_t count)
{
    long got = CHECK(pread(file, buffer, count, at));
    return bench_again(send(sender, buffer, (size_t)got, 0), "send");
}

static long by_sendfile(long at, size_t count)
{
    off_t offset = at;
    return bench_again(sendfile(sender, file, &offset, count), "sendfile");
}

static long by_splice(long at, size_t count)
{
    off_t offset = at;
    if (in_pipe == 0) {
        in_pipe = CHECK(splice(file, &offset, ends[1], NULL, count, 0));
    }
    long moved = bench_again(splice(ends[0], NULL, sender, NULL, (size_t)in_pipe, SPLICE_F_NONBLOCK), "splice");
    in_pipe -= moved;
    return moved;
}

static inline void transfer(long (*move)(long, size_t))
{
    long sent = 0;
    long taken = 0;
    while (taken < bytes) {
        if (sent < bytes) {
            sent += move(sent, (size_t)(bytes - sent < CHUNK ? bytes - sent : CHUNK));
        }
        taken += bench_drain(receiver);
    }
}

LOOP(buffered, transfer(by_buffer))
LOOP(sendfiled, transfer(by_sendfile))
LOOP(spliced, transfer(by_splice))

const struct bench_row bench_file_rows[] = {
    {"file.readSend bytes=4096", 4096, open_file, buffered, close_file, false},
    {"file.readSend bytes=65536", 65536, open_file, buffered, close_file, false},
    {"file.readSend bytes=1048576", 1048576, open_file, buffered, close_file, false},
    {"file.sendfile bytes=4096", 4096, open_file, sendfiled, close_file, false},
    {"file.sendfile bytes=65536", 65536, open_file, sendfiled, close_file, false},
    {"file.sendfile bytes=1048576", 1048576, open_file, sendfiled, close_file, false},
    {"file.splice bytes=4096", 4096, open_file, spliced, close_file, false},
    {"file.splice bytes=65536", 65536, open_file, spliced, close_file, false},
    {"file.splice bytes=1048576", 1048576, open_file, spliced, close_file, false},
    {.key = NULL},
};
