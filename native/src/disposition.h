// SPDX-License-Identifier: Apache-2.0
//
// What the two watches share: which signals can be watched, and how a disposition is set.
#ifndef RINGFORK_DISPOSITION_H
#define RINGFORK_DISPOSITION_H

#include <signal.h>

// In a table of watchers by signal, where a descriptor stands as itself plus one, so that the
// zeroed table of a fresh process says NOBODY.
enum { NOBODY = 0 };

// 0 if the number is in the tables and the signal is not raised by the interrupted instruction
// itself, else -EINVAL. The kernel refuses what else cannot be caught.
int rf_check_signal(int signo);

// 0 for an open descriptor that does not block, else a negative error number.
int rf_check_descriptor(int fd);

// sigaction(2) with every signal blocked in the handler, and SA_RESTART beside the flags.
int rf_set_disposition(int signo, struct sigaction *action, int flags);

#endif
