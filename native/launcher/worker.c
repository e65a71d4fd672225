// SPDX-License-Identifier: Apache-2.0
#include "worker.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "account.h"
#include "placement.h"

#if defined(__linux__)
#include <sys/prctl.h>
#endif

enum { FAILED = 1 };

void rf_worker_signals_apart(void)
{
    static const int signals[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGPIPE, SIGUSR1, SIGUSR2};

    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) {
        signal(signals[i], SIG_IGN);
    }
}

void rf_worker_signals_default(void)
{
    sigset_t none;

    // Those that cannot be changed say so, and keep what they are.
    for (int signo = 1; signo < NSIG; signo++) {
        signal(signo, SIG_DFL);
    }
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

// Not the launcher says so: it may have died since. From here on this process is no longer in the
// launcher's group, and that is how the master tells those that have said so from those that never
// will.
static void announce(const struct rf_order *order, int post)
{
    struct rf_answer answer = {.number = order->head.number, .result = (int32_t)getpid()};

    // A worker without a master finds that out by itself.
    rf_post_answer(post, &answer);
}

static int prepare(const struct rf_order *order, struct rf_packet *packet, int post)
{
    rf_worker_signals_default();
    // Ctrl-C reaches the whole group of the terminal, and workers are to finish first.
    if (setpgid(0, 0) != 0) {
        return -errno;
    }
    announce(order, post);
#if defined(__linux__)
    prctl(PR_SET_NAME, "ringfork-worker", 0, 0, 0);
#endif
    for (uint32_t i = 0; i < order->head.variables; i++) {
        // The packet lives as long as this process.
        if (putenv((char *)(uintptr_t)order->variables[i]) != 0) {
            return -errno;
        }
    }
    int error = rf_placement(packet->fds, packet->fd_count, RF_FIRST_FD);
    const char *account = getenv(RF_ACCOUNT);

    // Before there is a machine: nothing of it was ever root's.
    return error != 0 || account == NULL ? error : rf_account_become(account);
}

int rf_worker_live(struct rf_machine *machine, const struct rf_order *order,
                   struct rf_packet *packet, int post)
{
    int error = prepare(order, packet, post);

    if (error != 0) {
        fprintf(stderr, "ringfork-launcher: a worker cannot be set up: %s\n", strerror(-error));
        return FAILED;
    }
    return rf_machine_run(machine);
}
