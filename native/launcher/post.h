// SPDX-License-Identifier: Apache-2.0
//
// The launcher's end of the socket pair: packets with descriptors in, answers out.
#ifndef RINGFORK_LAUNCHER_POST_H
#define RINGFORK_LAUNCHER_POST_H

#include <stddef.h>

#include "order.h"

// A packet as it came. The descriptors are close-on-exec and the receiver's to close.
struct rf_packet {
    char bytes[RF_ORDER_BYTES];
    size_t length;
    int fds[RF_ORDER_FDS];
    size_t fd_count;
};

// Waits for the next packet. 1, or 0 when the other end is gone; -EMSGSIZE if a packet or its
// descriptors were cut: then there is nothing to close.
int rf_post_receive(int fd, struct rf_packet *packet);

// Closes the descriptors of a packet.
void rf_post_drop(struct rf_packet *packet);

// Sends an answer. 0, or a negative error number: the other end is gone or does not read.
int rf_post_answer(int fd, const struct rf_answer *answer);

#endif
