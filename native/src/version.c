// SPDX-License-Identifier: Apache-2.0
#include "ringfork.h"

const char *rf_version(void)
{
    return RF_VERSION;
}
