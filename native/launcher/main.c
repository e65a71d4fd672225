// SPDX-License-Identifier: Apache-2.0
//
// ringfork-launcher: starts Java workers by fork without exec.
//
//     ringfork-launcher LIBJVM [OPTION]... -- CLASS [ARGUMENT]...
//
// A process of one thread that has loaded libjvm and not created a machine can be forked like any
// other, which a running machine cannot. It waits on descriptor 3 for orders (order.h). All workers
// run the same command line, so that is the launcher's own; an order says what is different, in
// environment variables and descriptors.
//
// It ends when the master has, of which the end of descriptor 3 tells: only the master has the
// other end.
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "offspring.h"
#include "order.h"
#include "post.h"
#include "worker.h"

enum { POST = 3, USAGE = 64, FAILED = 1 };

// What follows from an order.
enum sequel { ANSWER, NO_ANSWER, WORKER_ENDED };

static struct rf_packet packet;
static struct rf_order order;

static int read_arguments(struct rf_machine *machine, int count, char **arguments)
{
    int separator = 2;

    while (separator < count && strcmp(arguments[separator], "--") != 0) {
        separator++;
    }
    if (separator + 1 >= count) {
        return -EINVAL;
    }
    machine->options = arguments + 2;
    machine->option_count = separator - 2;
    machine->main_class = arguments[separator + 1];
    machine->arguments = arguments + separator + 2;
    machine->argument_count = count - separator - 2;
    return 0;
}

static void explain(struct rf_answer *answer, int error, const char *text)
{
    answer->result = error;
    snprintf(answer->text, sizeof answer->text, "%s", text);
}

// Returns in the worker too, and then what it ended with.
static enum sequel spawn(struct rf_machine *machine, struct rf_answer *answer, int *exit_code)
{
    pid_t pid = rf_offspring();

    if (pid == 0) {
        *exit_code = rf_worker_live(machine, &order, &packet, POST);
        return WORKER_ENDED;
    }
    if (pid < 0) {
        explain(answer, pid, "a worker cannot be forked");
        return ANSWER;
    }
    return NO_ANSWER;
}

static void reap(struct rf_answer *answer)
{
    int status = 0;
    pid_t pid;

    do {
        pid = waitpid(order.head.pid, &status, 0);
    } while (pid < 0 && errno == EINTR);
    if (pid < 0) {
        explain(answer, -errno, "there is no such worker");
    } else {
        answer->result = pid;
        answer->status = status;
    }
}

// Carries out what came, and answers unless the worker does. 0 in a worker that has ended.
static int obey(struct rf_machine *machine, int received, int *exit_code)
{
    struct rf_answer answer = {0};
    enum sequel sequel = ANSWER;
    int error = received;

    order.head.number = 0;
    if (received > 0) {
        error = rf_order_parse(packet.bytes, packet.length, packet.fd_count, &order);
    }
    answer.number = order.head.number;
    if (error != 0) {
        explain(&answer, error, "the order makes no sense");
    } else if (order.head.kind == RF_ORDER_SPAWN) {
        sequel = spawn(machine, &answer, exit_code);
    } else {
        reap(&answer);
    }
    if (sequel == WORKER_ENDED) {
        return 0;
    }
    rf_post_drop(&packet);
    if (sequel == ANSWER) {
        // Nobody to answer is heard of by the next receive.
        rf_post_answer(POST, &answer);
    }
    return 1;
}

int main(int count, char **arguments)
{
    struct rf_machine machine = {0};
    struct rf_answer ready = {0};
    const char *why = NULL;
    int exit_code = 0;
    int received;

    if (read_arguments(&machine, count, arguments) != 0) {
        fputs("usage: ringfork-launcher LIBJVM [OPTION]... -- CLASS [ARGUMENT]...\n", stderr);
        return USAGE;
    }
    rf_worker_signals_apart();
    if (rf_machine_load(&machine, arguments[1], &why) != 0) {
        explain(&ready, -ENOENT, why);
        rf_post_answer(POST, &ready);
        return FAILED;
    }
    if (rf_post_answer(POST, &ready) != 0) {
        return FAILED;
    }
    do {
        received = rf_post_receive(POST, &packet);
    } while ((received > 0 || received == -EMSGSIZE) && obey(&machine, received, &exit_code));
    return exit_code;
}
