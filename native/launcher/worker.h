// SPDX-License-Identifier: Apache-2.0
//
// What makes a copy of the launcher a worker.
#ifndef RINGFORK_LAUNCHER_WORKER_H
#define RINGFORK_LAUNCHER_WORKER_H

#include "machine.h"
#include "order.h"
#include "post.h"

// Signals that reach everybody (of a terminal, of a service manager) are the master's to act on:
// the launcher ends when the master has.
void rf_worker_signals_apart(void);

// Default dispositions and an empty mask, as after exec(2).
void rf_worker_signals_default(void);

// Becomes the worker of an order, which is answered by that on the descriptor `post`. The exit code
// for this process.
int rf_worker_live(struct rf_machine *machine, const struct rf_order *order,
                   struct rf_packet *packet, int post);

#endif
