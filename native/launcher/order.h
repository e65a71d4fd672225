// SPDX-License-Identifier: Apache-2.0
//
// What the master asks of the launcher, one packet each, and what it is answered. Both are programs
// of one machine and one build: numbers travel as they lie in memory.
#ifndef RINGFORK_LAUNCHER_ORDER_H
#define RINGFORK_LAUNCHER_ORDER_H

#include <stddef.h>
#include <stdint.h>

enum {
    // "RFO1": a stray packet is not taken for an order.
    RF_ORDER_MAGIC = 0x314f4652,
    // Names of listeners are the longest part of an order, a unix path has 108 bytes at most.
    RF_ORDER_BYTES = 32768,
    // Linux takes 253 descriptors in one message.
    RF_ORDER_FDS = 250,
    // A worker's assignment has five.
    RF_ORDER_VARIABLES = 64,
    // The first descriptor of a worker after the standard ones.
    RF_FIRST_FD = 3,
    RF_ANSWER_TEXT = 244,
};

enum rf_order_kind {
    // Start a worker with the descriptors that came along, as RF_FIRST_FD and so on.
    RF_ORDER_SPAWN = 1,
    // Reap a worker that has ended: for systems where it is the launcher's child.
    RF_ORDER_REAP = 2,
};

// The beginning of a packet. `variables` strings "NAME=value", each with its NUL, follow it.
struct rf_order_head {
    uint32_t magic;
    uint32_t number;
    uint32_t kind;
    uint32_t fds;
    uint32_t variables;
    int32_t pid;
};

// An order that was understood. The strings lie in the packet.
struct rf_order {
    struct rf_order_head head;
    const char *variables[RF_ORDER_VARIABLES];
};

// The answer to an order: its number and a result or negative error number, and then the text says
// what has failed. The first answer, number 0, is about the launcher itself. A worker that was
// started answers for itself, with its pid.
struct rf_answer {
    uint32_t number;
    int32_t result;
    int32_t status;
    char text[RF_ANSWER_TEXT];
};

// Reads a packet that came with so many descriptors. 0, or -EBADMSG if it is no order; its number
// is set if it has one.
int rf_order_parse(const char *bytes, size_t length, size_t fds, struct rf_order *order);

#endif
