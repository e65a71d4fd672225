// SPDX-License-Identifier: Apache-2.0
#include "post.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

// Elsewhere the launcher ignores SIGPIPE, and a descriptor is marked once it is there: nothing else
// runs here meanwhile.
#if defined(__linux__)
enum { RECEIVE_FLAGS = MSG_CMSG_CLOEXEC, SEND_FLAGS = MSG_NOSIGNAL };
#else
enum { RECEIVE_FLAGS = 0, SEND_FLAGS = 0 };
#endif

// Room for one descriptor more than an order may have, so that too many are seen to be.
enum { CONTROL_BYTES = CMSG_SPACE((RF_ORDER_FDS + 1) * sizeof(int)) };

static void take_one(struct rf_packet *packet, int fd, int *cut)
{
    if (packet->fd_count == RF_ORDER_FDS) {
        close(fd);
        *cut = 1;
        return;
    }
    fcntl(fd, F_SETFD, FD_CLOEXEC);
    packet->fds[packet->fd_count++] = fd;
}

static int take_fds(struct rf_packet *packet, struct msghdr *message)
{
    int cut = (message->msg_flags & (MSG_TRUNC | MSG_CTRUNC)) != 0;

    for (struct cmsghdr *part = CMSG_FIRSTHDR(message); part != NULL;
         part = CMSG_NXTHDR(message, part)) {
        if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_RIGHTS) {
            continue;
        }
        size_t count = (part->cmsg_len - CMSG_LEN(0)) / sizeof(int);

        for (size_t i = 0; i < count; i++) {
            int fd;

            memcpy(&fd, CMSG_DATA(part) + i * sizeof fd, sizeof fd);
            take_one(packet, fd, &cut);
        }
    }
    return cut;
}

int rf_post_receive(int fd, struct rf_packet *packet)
{
    _Alignas(struct cmsghdr) char control[CONTROL_BYTES];
    struct iovec room = {.iov_base = packet->bytes, .iov_len = sizeof packet->bytes};
    struct msghdr message = {
        .msg_iov = &room,
        .msg_iovlen = 1,
        .msg_control = control,
        .msg_controllen = sizeof control,
    };
    ssize_t length;

    packet->fd_count = 0;
    do {
        length = recvmsg(fd, &message, RECEIVE_FLAGS);
    } while (length < 0 && errno == EINTR);
    // A datagram socket, which macOS has here, says ECONNRESET in place of the end.
    if (length <= 0) {
        return length == 0 || errno == ECONNRESET ? 0 : -errno;
    }
    packet->length = (size_t)length;
    if (take_fds(packet, &message)) {
        rf_post_drop(packet);
        return -EMSGSIZE;
    }
    return 1;
}

void rf_post_drop(struct rf_packet *packet)
{
    for (size_t i = 0; i < packet->fd_count; i++) {
        close(packet->fds[i]);
    }
    packet->fd_count = 0;
}

int rf_post_answer(int fd, const struct rf_answer *answer)
{
    ssize_t length;

    do {
        length = send(fd, answer, sizeof *answer, SEND_FLAGS);
    } while (length < 0 && errno == EINTR);
    return length < 0 ? -errno : 0;
}
