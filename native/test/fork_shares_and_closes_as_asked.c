// SPDX-License-Identifier: Apache-2.0
#include "forks.h"

#if defined(__linux__)

#include <sys/epoll.h>
#include <sys/eventfd.h>

int main(void)
{
    int pipe_to_child[2];
    int pipe_to_parent[2];
    struct rf_fork_result result;
    uint64_t count = 0;

    FORKABLE();
    open_pipe(pipe_to_child);
    open_pipe(pipe_to_parent);
    int shared = eventfd(0, EFD_NONBLOCK);
    int dropped = eventfd(0, EFD_NONBLOCK);
    int instance = epoll_create1(0);
    struct epoll_event event = {.events = EPOLLIN};
    EXPECT_EQ(epoll_ctl(instance, EPOLL_CTL_ADD, shared, &event), 0);
    EXPECT_EQ(epoll_ctl(instance, EPOLL_CTL_ADD, dropped, &event), 0);
    int kept[] = {shared, pipe_to_child[0], pipe_to_parent[1]};
    int closed[] = {dropped, pipe_to_child[1], pipe_to_parent[0]};
    struct rf_fork_options options = {
        .kept = kept, .kept_count = 3, .closed = closed, .closed_count = 3};
    if (fork_with(&options, &result) == 0) {
        EXPECT_EQ(result.pipes, 0);
        EXPECT_EQ(result.eventfds, 0);
        // What is not open here is not registered either.
        EXPECT_EQ(result.epoll_entries, 1);
        for (int i = 0; i < 3; i++) {
            EXPECT_EQ(fcntl(closed[i], F_GETFD), -1);
        }
        EXPECT_EQ(next_byte(pipe_to_child[0]), 'p');
        EXPECT_EQ(eventfd_write(shared, 7), 0);
        EXPECT_EQ(write(pipe_to_parent[1], "c", 1), 1);
        finish();
    }
    EXPECT_EQ(write(pipe_to_child[1], "p", 1), 1);
    EXPECT_EQ(next_byte(pipe_to_parent[0]), 'c');
    EXPECT_EQ(read(shared, &count, sizeof count), (long long)sizeof count);
    EXPECT_EQ((long long)count, 7);
    expect_ok(&result);

    closed[1] = 9999;
    EXPECT_EQ(rf_fork(&options, &result), -EBADF);
    EXPECT_EQ(result.stage, RF_FORK_DESCRIPTORS);
    EXPECT_EQ(result.culprit, 9999);
    return 0;
}

#endif
