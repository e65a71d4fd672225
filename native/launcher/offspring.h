// SPDX-License-Identifier: Apache-2.0
//
// Copies of this process, without exec.
#ifndef RINGFORK_LAUNCHER_OFFSPRING_H
#define RINGFORK_LAUNCHER_OFFSPRING_H

#include <sys/types.h>

// Forks this process, which has one thread. On Linux the copy is a child of this process's parent,
// elsewhere one of this process.
//
// Like fork(2): the pid, 0 in the copy, or a negative error number.
//
// Why the parent's: whoever keeps the workers can then wait for them as for any child, by pidfd and
// waitid(2), and goes on doing so if this process dies. The other ways are worse. A subreaper would
// be made the parent of everything that workers leave behind, and would have to reap by -1. Reports
// of a process in between get lost with it, and a pid that it has reaped may be another process by
// the time somebody sends it a signal. macOS has no such fork; there this process reaps a child
// when it is told to and not before, for the same reason.
pid_t rf_offspring(void);

#endif
