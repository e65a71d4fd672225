// SPDX-License-Identifier: Apache-2.0
//
// Whose process a worker is.
#ifndef RINGFORK_LAUNCHER_ACCOUNT_H
#define RINGFORK_LAUNCHER_ACCOUNT_H

// The variable that says it: user,group,group... as numbers.
#define RF_ACCOUNT "RINGFORK_ACCOUNT"

// Makes this process that user's for good: the first number is the user, the second the group, the
// rest are all groups. 0, or -EINVAL for a text that makes no sense, or what the system says.
int rf_account_become(const char *text);

#endif
