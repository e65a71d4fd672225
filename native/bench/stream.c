// SPDX-License-Identifier: Apache-2.0
//
// Bytes through a pipe, a pair of sockets and an event counter, and back by the same thread.
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/eventfd.h>
#endif

#include "bench.h"

enum { READ_END, WRITE_END, PIECES = 4, ROOM = 1 << 20 };

static int ends[2];
static char *bytes;
static size_t count;
static struct iovec pieces[PIECES];

static void fill(long size)
{
    count = (size_t)size;
    bytes = calloc(1, count);
    if (bytes == NULL) {
        bench_fail("calloc");
    }
    for (size_t i = 0; i < PIECES; i++) {
        pieces[i] = (struct iovec){bytes + i * (count / PIECES), count / PIECES};
    }
}

static void open_pipe(long size)
{
    fill(size);
    CHECK(pipe(ends));
}

static void open_pair(long size)
{
    fill(size);
    CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, ends));
    int room = ROOM;
    CHECK(setsockopt(ends[WRITE_END], SOL_SOCKET, SO_SNDBUF, &room, sizeof room));
}

static void close_both(void)
{
    close(ends[READ_END]);
    close(ends[WRITE_END]);
    free(bytes);
}

// As in Java: less than all of it is as wrong as an error.
static inline void all(long result, const char *what)
{
    if (result != (long)count) {
        bench_fail(what);
    }
}

#define ALL(call) all((long)(call), #call)

LOOP(write_read, ALL(write(ends[WRITE_END], bytes, count)); ALL(read(ends[READ_END], bytes, count)))
LOOP(writev_readv, ALL(writev(ends[WRITE_END], pieces, PIECES)); ALL(readv(ends[READ_END], pieces, PIECES)))
LOOP(send_recv, ALL(send(ends[WRITE_END], bytes, count, 0)); ALL(recv(ends[READ_END], bytes, count, 0)))

#ifdef __linux__
static void open_eventfd(long size)
{
    fill(size);
    ends[READ_END] = (int)CHECK(eventfd(0, EFD_CLOEXEC));
    ends[WRITE_END] = (int)CHECK(dup(ends[READ_END]));
    bytes[0] = 1;
}
#endif

const struct bench_row bench_stream_rows[] = {
    {"pipe.writeRead bytes=64", 64, open_pipe, write_read, close_both, false},
    {"pipe.writeRead bytes=4096", 4096, open_pipe, write_read, close_both, false},
    {"pipe.writeRead bytes=65536", 65536, open_pipe, write_read, close_both, false},
    {"pipe.writevReadv bytes=64", 64, open_pipe, writev_readv, close_both, false},
    {"pipe.writevReadv bytes=4096", 4096, open_pipe, writev_readv, close_both, false},
    {"pipe.writevReadv bytes=65536", 65536, open_pipe, writev_readv, close_both, false},
    {"socketpair.writeRead bytes=64", 64, open_pair, write_read, close_both, false},
    {"socketpair.writeRead bytes=4096", 4096, open_pair, write_read, close_both, false},
    {"socketpair.writeRead bytes=65536", 65536, open_pair, write_read, close_both, false},
    {"socketpair.sendRecv bytes=64", 64, open_pair, send_recv, close_both, false},
    {"socketpair.sendRecv bytes=4096", 4096, open_pair, send_recv, close_both, false},
    {"socketpair.sendRecv bytes=65536", 65536, open_pair, send_recv, close_both, false},
#ifdef __linux__
    {"eventfd.writeRead", 8, open_eventfd, write_read, close_both, false},
#endif
    {.key = NULL},
};
