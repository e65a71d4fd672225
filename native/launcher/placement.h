// SPDX-License-Identifier: Apache-2.0
//
// The descriptors of a worker: what it was handed, the standard ones, and no other.
#ifndef RINGFORK_LAUNCHER_PLACEMENT_H
#define RINGFORK_LAUNCHER_PLACEMENT_H

#include <stddef.h>

// Moves descriptors to first, first + 1 and so on, not close-on-exec, and closes all from first on
// that are not among them. 0, or a negative error number: then this process is of no use any more.
// Changes fds.
int rf_placement(int *fds, size_t count, int first);

#endif
