// SPDX-License-Identifier: Apache-2.0
#include "order.h"

#include <errno.h>
#include <string.h>

_Static_assert(sizeof(struct rf_order_head) == 24, "the master writes it field by field");
_Static_assert(sizeof(struct rf_answer) == 256, "the master reads it field by field");

static int check_head(const struct rf_order_head *head, size_t fds)
{
    if (head->magic != RF_ORDER_MAGIC || head->fds != fds) {
        return -EBADMSG;
    }
    switch (head->kind) {
    case RF_ORDER_SPAWN:
        return fds <= RF_ORDER_FDS && head->variables <= RF_ORDER_VARIABLES ? 0 : -EBADMSG;
    case RF_ORDER_REAP:
        // Never 0 or -1, which would mean any child.
        return fds == 0 && head->variables == 0 && head->pid > 0 ? 0 : -EBADMSG;
    default:
        return -EBADMSG;
    }
}

int rf_order_parse(const char *bytes, size_t length, size_t fds, struct rf_order *order)
{
    memset(order, 0, sizeof *order);
    if (length < sizeof order->head || length > RF_ORDER_BYTES) {
        return -EBADMSG;
    }
    memcpy(&order->head, bytes, sizeof order->head);
    int error = check_head(&order->head, fds);
    const char *at = bytes + sizeof order->head;
    const char *end = bytes + length;

    for (uint32_t i = 0; error == 0 && i < order->head.variables; i++) {
        const char *nul = memchr(at, '\0', (size_t)(end - at));

        if (nul == NULL || *at == '=' || strchr(at, '=') == NULL) {
            return -EBADMSG;
        }
        order->variables[i] = at;
        at = nul + 1;
    }
    return error == 0 && at != end ? -EBADMSG : error;
}
