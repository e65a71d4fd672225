// SPDX-License-Identifier: Apache-2.0
#include "helpers.h"

// The offsets that readers in other languages count on.
_Static_assert(sizeof(struct rf_siginfo) == 24, "size");
_Static_assert(offsetof(struct rf_siginfo, signo) == 0, "signo");
_Static_assert(offsetof(struct rf_siginfo, code) == 4, "code");
_Static_assert(offsetof(struct rf_siginfo, fd) == 8, "fd");
_Static_assert(offsetof(struct rf_siginfo, band) == 12, "band");
_Static_assert(offsetof(struct rf_siginfo, value) == 16, "value");

int main(void)
{
    return 0;
}
