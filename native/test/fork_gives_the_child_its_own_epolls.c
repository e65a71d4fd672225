// SPDX-License-Identifier: Apache-2.0
#include "forks.h"

#if defined(__linux__)

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

enum { MOST = 16 };

static int level[2];
static int edge[2];
static int armed[2];
static int disarmed[2];
static int hung[2];
static int instance;
static int outer;

static void add(int epoll, int fd, uint32_t events, uint64_t data)
{
    struct epoll_event event = {.events = events, .data.u64 = data};

    EXPECT_EQ(epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event), 0);
}

static void arm_again(int epoll, int fd, uint64_t data)
{
    struct epoll_event event = {.events = EPOLLIN | EPOLLONESHOT, .data.u64 = data};

    EXPECT_EQ(epoll_ctl(epoll, EPOLL_CTL_MOD, fd, &event), 0);
}

// The events by their data, ready now.
static uint32_t poll_now(int epoll, uint32_t events[MOST])
{
    struct epoll_event found[MOST];
    uint32_t all = 0;

    memset(events, 0, MOST * sizeof *events);
    int count = epoll_wait(epoll, found, MOST, 0);
    EXPECT(count >= 0);
    for (int i = 0; i < count; i++) {
        EXPECT(found[i].data.u64 < MOST);
        events[found[i].data.u64] = found[i].events;
        all |= 1u << found[i].data.u64;
    }
    return all;
}

static void prepare(void)
{
    uint32_t events[MOST];

    EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, level), 0);
    EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, edge), 0);
    EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, armed), 0);
    EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, disarmed), 0);
    open_pipe(hung);
    instance = epoll_create1(EPOLL_CLOEXEC);
    outer = epoll_create1(0);
    add(instance, level[0], EPOLLIN, 1);
    add(instance, edge[0], EPOLLIN | EPOLLET, 2);
    add(instance, disarmed[0], EPOLLIN | EPOLLONESHOT, 4);
    add(instance, hung[0], EPOLLIN | EPOLLONESHOT, 5);
    EXPECT_EQ(write(disarmed[1], "x", 1), 1);
    EXPECT_EQ(write(hung[1], "x", 1), 1);
    EXPECT_EQ(poll_now(instance, events), 1 << 4 | 1 << 5);
    add(instance, armed[0], EPOLLIN | EPOLLONESHOT, 3);
    add(outer, instance, EPOLLIN, 6);
}

// With each of the four ready, once.
static void expect_events(void)
{
    uint32_t events[MOST];

    EXPECT_EQ(poll_now(outer, events), 0);
    EXPECT_EQ(poll_now(instance, events), 0);
    EXPECT_EQ(write(level[1], "x", 1), 1);
    EXPECT_EQ(write(edge[1], "x", 1), 1);
    EXPECT_EQ(write(armed[1], "x", 1), 1);
    EXPECT_EQ(poll_now(outer, events), 1 << 6);
    EXPECT_EQ(poll_now(instance, events), 1 << 1 | 1 << 2 | 1 << 3);
    EXPECT_EQ(events[1], EPOLLIN);
    // Level-triggered is told again, the others are not.
    EXPECT_EQ(poll_now(instance, events), 1 << 1);
    arm_again(instance, armed[0], 7);
    arm_again(instance, disarmed[0], 8);
    EXPECT_EQ(poll_now(instance, events), 1 << 1 | 1 << 7 | 1 << 8);
    // Not even its end is told of what has fired.
    EXPECT_EQ(close(disarmed[1]), 0);
    EXPECT_EQ(poll_now(instance, events), 1 << 1);
    EXPECT_EQ(fcntl(instance, F_GETFD), FD_CLOEXEC);
    EXPECT_EQ(fcntl(outer, F_GETFD), 0);
}

int main(void)
{
    struct rf_fork_result result;
    char byte;

    FORKABLE();
    prepare();
    if (fork_plainly(&result) == 0) {
        EXPECT_EQ(result.epolls, 2);
        EXPECT_EQ(result.epoll_entries, 6);
        EXPECT_EQ(result.epoll_entries_lost, 0);
        expect_events();
        // The sockets are shared: the parent finds them as they were.
        EXPECT_EQ(read(level[0], &byte, 1), 1);
        EXPECT_EQ(read(edge[0], &byte, 1), 1);
        EXPECT_EQ(read(armed[0], &byte, 1), 1);
        finish();
    }
    expect_ok(&result);
    EXPECT_EQ(result.epolls, 2);
    uint32_t events[MOST];
    // An edge that the child's writing was, as in any process that shares a socket.
    poll_now(instance, events);
    arm_again(instance, armed[0], 3);
    expect_events();
    return 0;
}

#endif
