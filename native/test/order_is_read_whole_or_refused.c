// SPDX-License-Identifier: Apache-2.0
#include "helpers.h"
#include "order.h"

enum { FDS = 4 };

static const char variables[] = "RINGFORK_WORKER=1,2,3\0RINGFORK_CHANNEL=4\0EMPTY=";

// In memory of exactly its size, so that the sanitizers see a read past its end.
static int parse(const char *packet, size_t length, size_t fds, struct rf_order *order)
{
    char *exact = malloc(length == 0 ? 1 : length);

    EXPECT(exact != NULL);
    memcpy(exact, packet, length);
    int result = rf_order_parse(exact, length, fds, order);
    free(exact);
    return result;
}

static size_t write_order(char *packet, struct rf_order_head head)
{
    memcpy(packet, &head, sizeof head);
    memcpy(packet + sizeof head, variables, sizeof variables);
    return sizeof head + sizeof variables;
}

static struct rf_order_head spawn_head(void)
{
    return (struct rf_order_head){
        .magic = RF_ORDER_MAGIC, .number = 7, .kind = RF_ORDER_SPAWN, .fds = FDS, .variables = 3};
}

static void a_good_one_is_read(void)
{
    char packet[256];
    struct rf_order order;
    size_t length = write_order(packet, spawn_head());

    EXPECT_EQ(rf_order_parse(packet, length, FDS, &order), 0);
    EXPECT_EQ(order.head.number, 7);
    EXPECT(strcmp(order.variables[0], "RINGFORK_WORKER=1,2,3") == 0);
    EXPECT(strcmp(order.variables[1], "RINGFORK_CHANNEL=4") == 0);
    EXPECT(strcmp(order.variables[2], "EMPTY=") == 0);
}

static void any_other_length_is_refused(void)
{
    char packet[256] = {0};
    struct rf_order order;
    size_t length = write_order(packet, spawn_head());

    for (size_t shorter = 0; shorter < length; shorter++) {
        EXPECT_EQ(parse(packet, shorter, FDS, &order), -EBADMSG);
    }
    EXPECT_EQ(parse(packet, length + 1, FDS, &order), -EBADMSG);
    EXPECT_EQ(rf_order_parse(packet, RF_ORDER_BYTES + 1, FDS, &order), -EBADMSG);
}

static void refused(struct rf_order_head head, size_t fds)
{
    char packet[256];
    struct rf_order order;
    size_t length = write_order(packet, head);

    EXPECT_EQ(parse(packet, length, fds, &order), -EBADMSG);
}

static void what_does_not_fit_together_is_refused(void)
{
    struct rf_order_head head = spawn_head();

    refused(head, FDS - 1);
    refused(head, 0);
    head.magic++;
    refused(head, FDS);
    head = spawn_head();
    head.kind = 3;
    refused(head, FDS);
    head = spawn_head();
    head.variables = RF_ORDER_VARIABLES + 1;
    refused(head, FDS);
    head.variables = 2;
    refused(head, FDS);
    head = spawn_head();
    head.fds = RF_ORDER_FDS + 1;
    refused(head, RF_ORDER_FDS + 1);
}

static void a_variable_has_a_name(void)
{
    char packet[256];
    struct rf_order order;
    size_t length = write_order(packet, spawn_head());

    packet[sizeof order.head] = '=';
    EXPECT_EQ(parse(packet, length, FDS, &order), -EBADMSG);
    length = write_order(packet, spawn_head());
    *(char *)memchr(packet + sizeof order.head, '=', length) = ' ';
    EXPECT_EQ(parse(packet, length, FDS, &order), -EBADMSG);
}

static void reaping_names_one_process(void)
{
    struct rf_order_head head = {.magic = RF_ORDER_MAGIC, .kind = RF_ORDER_REAP, .pid = 12};
    struct rf_order order;

    EXPECT_EQ(rf_order_parse((char *)&head, sizeof head, 0, &order), 0);
    EXPECT_EQ(order.head.pid, 12);
    for (head.pid = -1; head.pid <= 0; head.pid++) {
        EXPECT_EQ(rf_order_parse((char *)&head, sizeof head, 0, &order), -EBADMSG);
    }
    head.pid = 12;
    head.fds = 1;
    EXPECT_EQ(rf_order_parse((char *)&head, sizeof head, 1, &order), -EBADMSG);
}

// Whatever a byte is changed to, it is an order that fits or none, and nothing else is read.
static void any_byte_may_be_wrong(void)
{
    char packet[256];
    struct rf_order order;
    size_t length = write_order(packet, spawn_head());

    for (size_t at = 0; at < length; at++) {
        char right = packet[at];

        for (int value = 0; value <= 0xff; value++) {
            packet[at] = (char)value;
            int result = parse(packet, length, FDS, &order);
            EXPECT(result == 0 || result == -EBADMSG);
        }
        packet[at] = right;
    }
}

int main(void)
{
    a_good_one_is_read();
    any_other_length_is_refused();
    what_does_not_fit_together_is_refused();
    a_variable_has_a_name();
    reaping_names_one_process();
    any_byte_may_be_wrong();
    return 0;
}
