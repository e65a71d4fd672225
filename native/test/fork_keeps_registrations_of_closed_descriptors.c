// SPDX-License-Identifier: Apache-2.0
#include "forks.h"

#if defined(__linux__)

#include <sys/epoll.h>
#include <sys/socket.h>

static int instance;
static int copied[2];
static int reused[2];
static int taken[2];
static int passed[2];
static int copy_of_copied;
static int copy_of_reused;

static void add(int fd, uint64_t data)
{
    struct epoll_event event = {.events = EPOLLIN, .data.u64 = data};

    EXPECT_EQ(epoll_ctl(instance, EPOLL_CTL_ADD, fd, &event), 0);
}

static void open_pair(int pair[2])
{
    EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair), 0);
}

// A descriptor goes to somebody who does not take it: the file lives, and nobody here has it.
static void pass_away(int channel, int fd)
{
    char room[CMSG_SPACE(sizeof fd)] = {0};
    struct iovec bytes = {.iov_base = "d", .iov_len = 1};
    struct msghdr message = {.msg_iov = &bytes,
                             .msg_iovlen = 1,
                             .msg_control = room,
                             .msg_controllen = sizeof room};
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);

    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof fd);
    memcpy(CMSG_DATA(header), &fd, sizeof fd);
    EXPECT_EQ(sendmsg(channel, &message, 0), 1);
    EXPECT_EQ(close(fd), 0);
}

static void prepare(void)
{
    static int channel[2];

    instance = epoll_create1(0);
    open_pair(channel);
    open_pair(copied);
    open_pair(reused);
    open_pair(passed);
    open_pair(taken);
    add(copied[0], 1);
    copy_of_copied = dup(copied[0]);
    add(reused[0], 2);
    copy_of_reused = dup(reused[0]);
    // Another file takes the number, and is registered by it as well.
    EXPECT_EQ(dup2(taken[0], reused[0]), reused[0]);
    add(reused[0], 3);
    add(passed[0], 4);
    pass_away(channel[0], passed[0]);
    EXPECT_EQ(close(copied[0]), 0);
}

static uint64_t next_event(void)
{
    struct epoll_event event;

    EXPECT_EQ(epoll_wait(instance, &event, 1, DEADLINE_MS), 1);
    return event.data.u64;
}

static void expect_told(int writer, int reader, uint64_t data)
{
    char byte;

    EXPECT_EQ(write(writer, "x", 1), 1);
    EXPECT_EQ((long long)next_event(), (long long)data);
    EXPECT_EQ(read(reader, &byte, 1), 1);
}

static void expect_registered(void)
{
    struct epoll_event event = {0};

    expect_told(copied[1], copy_of_copied, 1);
    expect_told(reused[1], copy_of_reused, 2);
    expect_told(taken[1], taken[0], 3);
    // The number that was closed is closed, and the one that is another's still is.
    EXPECT_EQ(fcntl(copied[0], F_GETFD), -1);
    EXPECT_EQ(epoll_ctl(instance, EPOLL_CTL_MOD, reused[0], &event), 0);
    event.events = EPOLLIN;
    event.data.u64 = 3;
    EXPECT_EQ(epoll_ctl(instance, EPOLL_CTL_MOD, reused[0], &event), 0);
}

int main(void)
{
    struct rf_fork_result result;
    struct rf_fork_findings findings;

    FORKABLE();
    EXPECT_EQ(rf_fork_check(&findings), 0);
    if (findings.kcmp == 0) {
        return skip("kcmp(2) is not allowed here");
    }
    prepare();
    if (fork_plainly(&result) == 0) {
        EXPECT_EQ(result.epoll_entries, 3);
        EXPECT_EQ(result.epoll_entries_lost, 1);
        expect_registered();
        finish();
    }
    expect_ok(&result);
    expect_registered();
    return 0;
}

#endif
