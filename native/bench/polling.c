// SPDX-License-Identifier: Apache-2.0
//
// poll and select on descriptors of which none is ready.
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/select.h>
#include <unistd.h>

#include "bench.h"

static int ends[2];
static int fds;
static int *copies;
static struct pollfd *list;
static fd_set asked;
static fd_set found;
static int highest;

static void open_many(long size)
{
    fds = (int)size;
    copies = calloc((size_t)fds, sizeof *copies);
    list = calloc((size_t)fds, sizeof *list);
    FD_ZERO(&asked);
    CHECK(pipe(ends));
    for (int i = 0; i < fds; i++) {
        int fd = (int)CHECK(dup(ends[0]));
        if (fd >= FD_SETSIZE) {
            errno = EMFILE;
            bench_fail("a descriptor for select");
        }
        copies[i] = fd;
        list[i] = (struct pollfd){.fd = fd, .events = POLLIN};
        FD_SET(fd, &asked);
        highest = fd;
    }
}

static void close_many(void)
{
    for (int i = 0; i < fds; i++) {
        close(copies[i]);
    }
    close(ends[0]);
    close(ends[1]);
    free(copies);
    free(list);
}

static int select_once(void)
{
    // The kernel writes what is ready over what was asked.
    memcpy(&found, &asked, sizeof found);
    struct timeval none = {0, 0};
    return select(highest + 1, &found, NULL, NULL, &none);
}

LOOP(poll_list, CHECK(poll(list, (nfds_t)fds, 0)))
LOOP(select_set, CHECK(select_once()))

const struct bench_row bench_polling_rows[] = {
    {"polling.poll fds=1", 1, open_many, poll_list, close_many, false},
    {"polling.poll fds=64", 64, open_many, poll_list, close_many, false},
    {"polling.poll fds=900", 900, open_many, poll_list, close_many, false},
    {"polling.select fds=1", 1, open_many, select_set, close_many, false},
    {"polling.select fds=64", 64, open_many, select_set, close_many, false},
    {"polling.select fds=900", 900, open_many, select_set, close_many, false},
    {.key = NULL},
};
