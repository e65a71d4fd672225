// SPDX-License-Identifier: Apache-2.0
#include "helpers.h"
#include "post.h"

#include <sys/socket.h>
#include <sys/uio.h>

#if defined(__linux__)
enum { PACKETS = SOCK_SEQPACKET };
#else
enum { PACKETS = SOCK_DGRAM };
#endif

static struct rf_packet packet;

static void send_packet(int fd, const char *bytes, size_t length, const int *fds, size_t count)
{
    _Alignas(struct cmsghdr) char control[CMSG_SPACE((RF_ORDER_FDS + 1) * sizeof(int))] = {0};
    struct iovec data = {.iov_base = (void *)(uintptr_t)bytes, .iov_len = length};
    struct msghdr message = {.msg_iov = &data, .msg_iovlen = 1};

    if (count > 0) {
        message.msg_control = control;
        message.msg_controllen = (socklen_t)CMSG_SPACE(count * sizeof(int));
        struct cmsghdr *part = CMSG_FIRSTHDR(&message);
        part->cmsg_level = SOL_SOCKET;
        part->cmsg_type = SCM_RIGHTS;
        part->cmsg_len = (socklen_t)CMSG_LEN(count * sizeof(int));
        memcpy(CMSG_DATA(part), fds, count * sizeof(int));
    }
    EXPECT_EQ(sendmsg(fd, &message, 0), (long long)length);
}

static int next_free_fd(void)
{
    int fd = dup(0);

    close(fd);
    return fd;
}

int main(void)
{
    int ends[2];
    int pipe_ends[2];
    int many[RF_ORDER_FDS + 1];
    static char large[RF_ORDER_BYTES + 1];
    struct rf_answer sent = {.number = 3, .result = -EAGAIN, .text = "no"};
    struct rf_answer got;

    EXPECT_EQ(socketpair(AF_UNIX, PACKETS, 0, ends), 0);
    int room = 4 * RF_ORDER_BYTES;
    setsockopt(ends[0], SOL_SOCKET, SO_SNDBUF, &room, sizeof room);
    setsockopt(ends[1], SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
    open_pipe(pipe_ends);
    for (int i = 0; i <= RF_ORDER_FDS; i++) {
        many[i] = pipe_ends[i % 2];
    }
    int first_free = next_free_fd();

    send_packet(ends[0], "abc", 3, pipe_ends, 2);
    EXPECT_EQ(rf_post_receive(ends[1], &packet), 1);
    EXPECT(packet.length == 3);
    EXPECT(memcmp(packet.bytes, "abc", 3) == 0);
    EXPECT(packet.fd_count == 2);
    EXPECT_EQ(fcntl(packet.fds[0], F_GETFD), FD_CLOEXEC);
    EXPECT_EQ(write(packet.fds[1], "x", 1), 1);
    EXPECT_EQ(next_byte(pipe_ends[0]), 'x');
    rf_post_drop(&packet);
    EXPECT_EQ(next_free_fd(), first_free);

    // As many as there may be, and one more, of which none is left open.
    send_packet(ends[0], "abc", 3, many, RF_ORDER_FDS);
    EXPECT_EQ(rf_post_receive(ends[1], &packet), 1);
    EXPECT(packet.fd_count == RF_ORDER_FDS);
    rf_post_drop(&packet);
    send_packet(ends[0], "abc", 3, many, RF_ORDER_FDS + 1);
    EXPECT_EQ(rf_post_receive(ends[1], &packet), -EMSGSIZE);
    EXPECT_EQ(next_free_fd(), first_free);

    send_packet(ends[0], large, sizeof large, pipe_ends, 1);
    EXPECT_EQ(rf_post_receive(ends[1], &packet), -EMSGSIZE);
    EXPECT_EQ(next_free_fd(), first_free);

    EXPECT_EQ(rf_post_answer(ends[1], &sent), 0);
    EXPECT_EQ(recv(ends[0], &got, sizeof got, 0), (long long)sizeof got);
    EXPECT(memcmp(&sent, &got, sizeof got) == 0);

    close(ends[0]);
    EXPECT_EQ(rf_post_receive(ends[1], &packet), 0);
    signal(SIGPIPE, SIG_IGN);
    EXPECT(rf_post_answer(ends[1], &sent) < 0);
    return 0;
}
