// SPDX-License-Identifier: Apache-2.0
//
// epoll: registrations, and what is ready without waiting.
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "bench.h"

static int epfd;
static int spare;
static int ready;
static int *counters;
static struct epoll_event interest = {.events = EPOLLIN};
static struct epoll_event *events;

static int add(int fd)
{
    return epoll_ctl(epfd, EPOLL_CTL_ADD, fd, &interest);
}

static void open_ready(long size)
{
    ready = (int)size;
    epfd = (int)CHECK(epoll_create1(EPOLL_CLOEXEC));
    spare = (int)CHECK(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    counters = calloc((size_t)ready + 1, sizeof *counters);
    events = calloc((size_t)ready + 1, sizeof *events);
    for (int i = 0; i < ready; i++) {
        counters[i] = (int)CHECK(eventfd(1, EFD_CLOEXEC | EFD_NONBLOCK));
        CHECK(add(counters[i]));
    }
}

static void open_modified(long size)
{
    open_ready(size);
    CHECK(add(spare));
}

static void close_ready(void)
{
    for (int i = 0; i < ready; i++) {
        close(counters[i]);
    }
    close(spare);
    close(epfd);
    free(counters);
    free(events);
}

static void wait_once(void)
{
    if (epoll_wait(epfd, events, ready + 1, 0) != ready) {
        bench_fail("epoll_wait");
    }
}

LOOP(wait_ready, wait_once())
LOOP(add_del, CHECK(add(spare)); CHECK(epoll_ctl(epfd, EPOLL_CTL_DEL, spare, NULL)))
LOOP(modify, CHECK(epoll_ctl(epfd, EPOLL_CTL_MOD, spare, &interest)))

const struct bench_row bench_epoll_rows[] = {
    {"epoll.addDel", 0, open_ready, add_del, close_ready, false},
    {"epoll.modify", 0, open_modified, modify, close_ready, false},
    {"epollWait.now ready=0", 0, open_ready, wait_ready, close_ready, false},
    {"epollWait.now ready=1", 1, open_ready, wait_ready, close_ready, false},
    {"epollWait.now ready=64", 64, open_ready, wait_ready, close_ready, false},
    {"epollWait.now ready=1024", 1024, open_ready, wait_ready, close_ready, false},
    {.key = NULL},
};
