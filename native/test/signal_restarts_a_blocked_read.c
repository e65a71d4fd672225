// SPDX-License-Identifier: Apache-2.0
#include "helpers.h"

#include <pthread.h>

enum { SIGNALS = 200 };

struct interrupter {
    pthread_t victim;
    int watched;
    int data;
};

static void *interrupt(void *argument)
{
    const struct interrupter *self = argument;

    for (int i = 0; i < SIGNALS; i++) {
        EXPECT_EQ(pthread_kill(self->victim, SIGUSR1), 0);
        // Only when the handler has run is the next one sent.
        EXPECT_EQ(next_byte(self->watched), SIGUSR1);
    }
    EXPECT_EQ(write(self->data, "d", 1), 1);
    return NULL;
}

int main(void)
{
    int watched[2];
    int data[2];
    char byte = 0;
    pthread_t thread;

    open_pipe(watched);
    EXPECT_EQ(pipe(data), 0);
    EXPECT_EQ(rf_signal_watch(SIGUSR1, watched[1]), 0);
    struct interrupter interrupter = {pthread_self(), watched[0], data[1]};
    EXPECT_EQ(pthread_create(&thread, NULL, interrupt, &interrupter), 0);

    EXPECT_EQ(read(data[0], &byte, 1), 1);
    EXPECT_EQ(byte, 'd');
    EXPECT_EQ(pthread_join(thread, NULL), 0);
    return 0;
}
