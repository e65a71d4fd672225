// SPDX-License-Identifier: Apache-2.0
//
// bench [--threads 1|2] [--rounds N] [--round-ms MS] [--filter REGEX] [--list]
//
// Prints "plan,KEY" for every row, then for each "run,KEY" and "result,KEY,MIN,MEDIAN,", in ns for an
// operation. The second thread is idle: it makes the kernel take references to descriptors, as it
// does for every process of more than one thread.
#include <pthread.h>
#include <regex.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "bench.h"

enum { ROUNDS_MAX = 1000, DOUBLINGS_MAX = 40, NS_PER_MS = 1000000 };

static const struct bench_row *const tables[] = {
    bench_plain_rows,   bench_stream_rows, bench_polling_rows,
    bench_socket_rows, bench_process_rows,
#ifdef __linux__
    bench_epoll_rows,  bench_file_rows,   bench_uring_rows,
#endif
};

struct options {
    int threads;
    int rounds;
    int round_ms;
    bool list;
    regex_t filter;
};

void bench_fail(const char *what)
{
    fprintf(stderr, "bench: %s: %s\n", what, strerror(errno));
    exit(1);
}

// The processor time of this thread, which other programs do not add to; where one waits, the clock.
static uint64_t now_ns(const struct bench_row *row)
{
    struct timespec now;
    clock_gettime(row->wall ? CLOCK_MONOTONIC : CLOCK_THREAD_CPUTIME_ID, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static uint64_t time_ns(const struct bench_row *row, uint64_t times)
{
    uint64_t start = now_ns(row);
    row->loop(times);
    return now_ns(row) - start;
}

// How often the operation is to run to take the time of a round: doubled until half of it is taken.
static uint64_t calibrate(const struct bench_row *row, uint64_t round_ns)
{
    uint64_t times = 1;
    uint64_t took = time_ns(row, times);
    for (int i = 0; i < DOUBLINGS_MAX && took < round_ns / 2; i++) {
        times *= 2;
        took = time_ns(row, times);
    }
    uint64_t scaled = (uint64_t)((double)times * (double)round_ns / (double)(took + 1));
    return scaled == 0 ? 1 : scaled;
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;
    return (x > y) - (x < y);
}

static void measure(const struct bench_row *row, const struct options *options)
{
    double ns[ROUNDS_MAX];
    row->open(row->size);
    uint64_t times = calibrate(row, (uint64_t)options->round_ms * NS_PER_MS);
    for (int i = 0; i < options->rounds; i++) {
        ns[i] = (double)time_ns(row, times) / (double)times;
    }
    row->close();
    qsort(ns, (size_t)options->rounds, sizeof *ns, ascending);
    printf("result,%s,%.2f,%.2f,\n", row->key, ns[0], ns[options->rounds / 2]);
}

static bool wanted(const struct bench_row *row, const struct options *options)
{
    return regexec(&options->filter, row->key, 0, NULL, 0) == 0;
}

static void each(const struct options *options, void (*action)(const struct bench_row *, const struct options *))
{
    for (size_t t = 0; t < sizeof tables / sizeof *tables; t++) {
        for (const struct bench_row *row = tables[t]; row->key != NULL; row++) {
            if (wanted(row, options)) {
                action(row, options);
            }
        }
    }
}

static void announce(const struct bench_row *row, const struct options *options)
{
    (void)options;
    printf("plan,%s\n", row->key);
}

static void run(const struct bench_row *row, const struct options *options)
{
    printf("run,%s\n", row->key);
    fflush(stdout);
    measure(row, options);
    fflush(stdout);
}

static pthread_mutex_t idle = PTHREAD_MUTEX_INITIALIZER;

static void *wait_for_the_end(void *unused)
{
    pthread_mutex_lock(&idle);
    pthread_mutex_unlock(&idle);
    return unused;
}

static void run_all(const struct options *options)
{
    pthread_t second;
    pthread_mutex_lock(&idle);
    if (options->threads > 1 && pthread_create(&second, NULL, wait_for_the_end, NULL) != 0) {
        bench_fail("pthread_create");
    }
    each(options, run);
    pthread_mutex_unlock(&idle);
    if (options->threads > 1) {
        pthread_join(second, NULL);
    }
}

static int number(const char *text, int least, int most)
{
    char *end;
    long value = strtol(text, &end, 10);
    if (*end != '\0' || value < least || value > most) {
        errno = EINVAL;
        bench_fail(text);
    }
    return (int)value;
}

static const char *set(struct options *options, const char *flag, const char *value)
{
    const char *filter = NULL;
    if (strcmp(flag, "--threads") == 0) {
        options->threads = number(value, 1, 2);
    } else if (strcmp(flag, "--rounds") == 0) {
        options->rounds = number(value, 1, ROUNDS_MAX);
    } else if (strcmp(flag, "--round-ms") == 0) {
        options->round_ms = number(value, 1, 60000);
    } else if (strcmp(flag, "--filter") == 0) {
        filter = value;
    } else {
        errno = EINVAL;
        bench_fail(flag);
    }
    return filter;
}

int main(int argc, char **argv)
{
    struct options options = {.threads = 2, .rounds = 10, .round_ms = 100};
    const char *filter = "";
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--list") == 0) {
            options.list = true;
        } else {
            const char *given = set(&options, argv[i], i + 1 < argc ? argv[i + 1] : "");
            filter = given == NULL ? filter : given;
            i++;
        }
    }
    if (regcomp(&options.filter, filter, REG_EXTENDED | REG_NOSUB) != 0) {
        errno = EINVAL;
        bench_fail(filter);
    }
    each(&options, announce);
    if (!options.list) {
        run_all(&options);
    }
    regfree(&options.filter);
    return 0;
}
