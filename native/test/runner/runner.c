// SPDX-License-Identifier: Apache-2.0
//
// runner SECONDS PROGRAM...: runs each program by itself and says how it went. Exit status 0 means
// that the behaviour holds, 77 that it cannot be shown here (the program's output is the reason),
// anything else, a signal or more than SECONDS that it does not hold. Programs of another machine
// are started by the command that the environment has in RF_EMULATOR; scripts are not.
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

// More than any sanitizer report; what a program prints beyond it is read and thrown away.
enum { OUTPUT_BYTES = 64 * 1024, STATUS_SKIP = 77 };

struct tally {
    int passed;
    int failed;
    int skipped;
};

static char output[OUTPUT_BYTES + 1];

static void die(const char *what)
{
    fprintf(stderr, "runner: %s: %s\n", what, strerror(errno));
    exit(2);
}

static long long now_ms(void)
{
    struct timespec now;

    if (clock_gettime(CLOCK_MONOTONIC, &now) != 0) {
        die("clock_gettime");
    }
    return (long long)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void execute(const char *program)
{
    const char *emulator = getenv("RF_EMULATOR");
    const char *extension = strrchr(program, '.');
    bool script = extension != NULL && strcmp(extension, ".sh") == 0;

    if (script || emulator == NULL || *emulator == '\0') {
        execl(program, program, (char *)NULL);
    } else {
        execl("/bin/sh", "sh", "-c", "exec $RF_EMULATOR \"$0\"", program, (char *)NULL);
    }
}

// Starts the program in a process group of its own, so that a time-out ends its children as well.
static pid_t start(const char *program, int *output_fd)
{
    int ends[2];

    fflush(stdout);
    if (pipe(ends) != 0) {
        die("pipe");
    }
    pid_t pid = fork();
    if (pid < 0) {
        die("fork");
    }
    if (pid == 0) {
        if (setpgid(0, 0) != 0 || dup2(ends[1], 1) < 0 || dup2(ends[1], 2) < 0) {
            _exit(2);
        }
        close(ends[0]);
        close(ends[1]);
        execute(program);
        fprintf(stderr, "cannot run %s: %s\n", program, strerror(errno));
        _exit(2);
    }
    close(ends[1]);
    *output_fd = ends[0];
    return pid;
}

// Reads until the program and all its children have closed their output. False if they had not by
// the deadline.
static bool collect(int fd, long long deadline_ms)
{
    char beyond[512];
    size_t length = 0;
    bool ended = false;
    struct pollfd readable = {.fd = fd, .events = POLLIN};

    while (!ended) {
        long long left_ms = deadline_ms - now_ms();
        if (left_ms <= 0) {
            break;
        }
        if (poll(&readable, 1, (int)left_ms) <= 0) {
            continue;
        }
        bool full = length == OUTPUT_BYTES;
        ssize_t count = full ? read(fd, beyond, sizeof beyond)
                             : read(fd, output + length, OUTPUT_BYTES - length);
        if (count < 0) {
            die("read");
        }
        length += full ? 0 : (size_t)count;
        ended = count == 0;
    }
    output[length] = '\0';
    return ended;
}

static void print_indented(void)
{
    for (char *line = strtok(output, "\n"); line != NULL; line = strtok(NULL, "\n")) {
        printf("     %s\n", line);
    }
}

// The file's name without folder and extension.
static void print_name(const char *verdict, const char *program)
{
    const char *slash = strrchr(program, '/');
    const char *name = slash != NULL ? slash + 1 : program;

    printf("%-4s %.*s", verdict, (int)strcspn(name, "."), name);
}

static void run(const char *program, int seconds, struct tally *tally)
{
    int fd;
    int status;
    pid_t pid = start(program, &fd);
    bool in_time = collect(fd, now_ms() + seconds * 1000LL);

    close(fd);
    if (!in_time) {
        kill(-pid, SIGKILL);
    }
    if (waitpid(pid, &status, 0) != pid) {
        die("waitpid");
    }
    if (in_time && WIFEXITED(status) && WEXITSTATUS(status) == 0) {
        tally->passed++;
        print_name("ok", program);
        printf("\n");
    } else if (in_time && WIFEXITED(status) && WEXITSTATUS(status) == STATUS_SKIP) {
        tally->skipped++;
        print_name("skip", program);
        printf(": %.*s\n", (int)strcspn(output, "\n"), output);
    } else {
        tally->failed++;
        print_name("FAIL", program);
        if (!in_time) {
            printf(": not over after %d s\n", seconds);
        } else if (WIFSIGNALED(status)) {
            printf(": signal %d\n", WTERMSIG(status));
        } else {
            printf(": exit status %d\n", WEXITSTATUS(status));
        }
        print_indented();
    }
}

int main(int argc, char **argv)
{
    struct tally tally = {0};
    int seconds = argc > 2 ? atoi(argv[1]) : 0;

    if (seconds <= 0) {
        fprintf(stderr, "usage: runner SECONDS PROGRAM...\n");
        return 2;
    }
    for (int i = 2; i < argc; i++) {
        run(argv[i], seconds, &tally);
    }
    printf("%d passed, %d failed, %d skipped\n", tally.passed, tally.failed, tally.skipped);
    return tally.failed == 0 ? 0 : 1;
}
