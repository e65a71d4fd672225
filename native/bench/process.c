// SPDX-License-Identifier: Apache-2.0
//
// What processes do to each other: pass descriptors, wake each other, start others, lock files.
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#ifdef __linux__
#include <sys/eventfd.h>
#endif
#include <stdio.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench.h"

enum { MEGABYTE = 1 << 20, PAGE = 4096 };

// ---- a descriptor by a message

static int ends[2];
static union {
    struct cmsghdr header;
    char room[CMSG_SPACE(sizeof(int))];
} control;

static void open_pair(long size)
{
    (void)size;
    CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, ends));
}

static void close_pair(void)
{
    close(ends[0]);
    close(ends[1]);
}

static void pass(void)
{
    char byte = 0;
    struct iovec data = {&byte, 1};
    struct msghdr message = {.msg_iov = &data, .msg_iovlen = 1, .msg_control = &control};
    message.msg_controllen = CMSG_SPACE(sizeof(int));
    control.header.cmsg_len = CMSG_LEN(sizeof(int));
    control.header.cmsg_level = SOL_SOCKET;
    control.header.cmsg_type = SCM_RIGHTS;
    memcpy(CMSG_DATA(&control.header), &ends[0], sizeof(int));
    CHECK(sendmsg(ends[1], &message, 0));
    message.msg_controllen = sizeof control;
    CHECK(recvmsg(ends[0], &message, 0));
    int copy;
    memcpy(&copy, CMSG_DATA(&control.header), sizeof copy);
    CHECK(close(copy));
}

LOOP(rights, pass())

// ---- another process

static char *memory;
static size_t memory_bytes;

static void open_memory(long size)
{
    memory_bytes = (size_t)size * MEGABYTE;
    memory = mmap(NULL, memory_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) {
        bench_fail("mmap");
    }
    for (size_t at = 0; at < memory_bytes; at += PAGE) {
        memory[at] = 1;
    }
}

static void close_memory(void)
{
    munmap(memory, memory_bytes);
}

static void reap(pid_t child)
{
    int status;
    CHECK(waitpid(child, &status, 0));
}

static void spawn_true(void)
{
    char *arguments[] = {"true", NULL};
    char *environment[] = {NULL};
    pid_t child;
    errno = posix_spawn(&child, "/bin/true", NULL, NULL, arguments, environment);
    CHECK(-errno);
    reap(child);
}

static void fork_once(void)
{
    pid_t child = (pid_t)CHECK(fork());
    if (child == 0) {
        _exit(0);
    }
    reap(child);
}

LOOP(spawns, spawn_true())
LOOP(forks, fork_once())

// ---- a lock that processes share

static int lock_file;
static pthread_mutex_t mutex;
static volatile int word;

static void open_lock(long size)
{
    (void)size;
    char name[] = "/tmp/ringfork-bench-XXXXXX";
    lock_file = (int)CHECK(mkstemp(name));
    CHECK(unlink(name));
    pthread_mutexattr_t attributes;
    pthread_mutexattr_init(&attributes);
    pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
#ifdef __linux__
    pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
#endif
    pthread_mutex_init(&mutex, &attributes);
}

static void close_lock(void)
{
    pthread_mutex_destroy(&mutex);
    close(lock_file);
}

static long set_lock(short kind)
{
    struct flock whole = {.l_type = kind, .l_whence = SEEK_SET};
    return fcntl(lock_file, F_SETLK, &whole);
}

static void need(int condition)
{
    if (!condition) {
        bench_fail("the lock");
    }
}

LOOP(fcntls, CHECK(set_lock(F_WRLCK)); CHECK(set_lock(F_UNLCK)))
LOOP(flocks, CHECK(flock(lock_file, LOCK_EX | LOCK_NB)); CHECK(flock(lock_file, LOCK_UN)))
LOOP(mutexes, need(pthread_mutex_trylock(&mutex) == 0); need(pthread_mutex_unlock(&mutex) == 0))
LOOP(words, need(__sync_bool_compare_and_swap(&word, 0, 1)); need(__sync_bool_compare_and_swap(&word, 1, 0)))

// ---- the same lock when somebody has it; fcntl's keep processes apart only

static int wanted_file;

static void open_held(long size)
{
    open_lock(size);
    char path[64];
    snprintf(path, sizeof path, "/proc/self/fd/%d", lock_file);
    wanted_file = (int)CHECK(open(path, O_RDWR));
    CHECK(flock(lock_file, LOCK_EX));
    pthread_mutex_lock(&mutex);
    word = 1;
}

static void close_held(void)
{
    word = 0;
    pthread_mutex_unlock(&mutex);
    close(wanted_file);
    close_lock();
}

static pid_t holder;

// Another process has it until it is killed.
static void open_held_elsewhere(long size)
{
    char byte;
    int told[2];

    open_lock(size);
    CHECK(pipe(told));
    holder = (pid_t)CHECK(fork());
    if (holder == 0) {
        byte = set_lock(F_WRLCK) == 0;
        CHECK(write(told[1], &byte, 1));
        for (;;) {
            pause();
        }
    }
    CHECK(read(told[0], &byte, 1));
    need(byte == 1);
    close(told[0]);
    close(told[1]);
}

static void close_held_elsewhere(void)
{
    CHECK(kill(holder, SIGKILL));
    reap(holder);
    close_lock();
}

LOOP(held_fcntls, need(set_lock(F_WRLCK) != 0 && (errno == EAGAIN || errno == EACCES)))
LOOP(held_words, need(word != 0))
LOOP(held_flocks, need(flock(wanted_file, LOCK_EX | LOCK_NB) != 0 && errno == EAGAIN))
LOOP(held_mutexes, need(pthread_mutex_trylock(&mutex) == EBUSY))

// ---- two threads that wake each other
#ifdef __linux__

static int there;
static int back;
static volatile bool stopping;
static pthread_t partner;
static cpu_set_t allowed;

// Stays on the first processor there is, and so does who is started from here: from another one it would take as long
// as that needs to come out of its idle state.
static void share_processor(void)
{
    CHECK(sched_getaffinity(0, sizeof allowed, &allowed));
    size_t first = 0;
    while (!CPU_ISSET(first, &allowed)) {
        first++;
    }
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(first, &one);
    CHECK(sched_setaffinity(0, sizeof one, &one));
}

static void *answer(void *unused)
{
    uint64_t count;
    while (CHECK(read(there, &count, sizeof count)) > 0 && !stopping) {
        count = 1;
        CHECK(write(back, &count, sizeof count));
    }
    return unused;
}

static void open_partner(long size)
{
    (void)size;
    stopping = false;
    there = (int)CHECK(eventfd(0, EFD_CLOEXEC));
    back = (int)CHECK(eventfd(0, EFD_CLOEXEC));
    share_processor();
    CHECK(-pthread_create(&partner, NULL, answer, NULL));
}

static void close_partner(void)
{
    uint64_t count = 1;
    stopping = true;
    CHECK(write(there, &count, sizeof count));
    pthread_join(partner, NULL);
    CHECK(sched_setaffinity(0, sizeof allowed, &allowed));
    close(there);
    close(back);
}

static void wake(void)
{
    uint64_t count = 1;
    CHECK(write(there, &count, sizeof count));
    CHECK(read(back, &count, sizeof count));
}

LOOP(wakes, wake())
#endif

const struct bench_row bench_process_rows[] = {
    {"rights.passClose", 0, open_pair, rights, close_pair, false},
    {"mutex.acquireRelease kind=FUTEX", 0, open_lock, words, close_lock, false},
    {"mutex.acquireRelease kind=FCNTL", 0, open_lock, fcntls, close_lock, false},
    {"mutex.acquireRelease kind=FLOCK", 0, open_lock, flocks, close_lock, false},
    {"mutex.acquireRelease kind=PTHREAD", 0, open_lock, mutexes, close_lock, false},
    {"spawn.posixSpawn mb=16 wall", 16, open_memory, spawns, close_memory, true},
    {"spawn.posixSpawn mb=256 wall", 256, open_memory, spawns, close_memory, true},
    {"spawn.fork mb=16 wall", 16, open_memory, forks, close_memory, true},
    {"spawn.fork mb=256 wall", 256, open_memory, forks, close_memory, true},
    {"heldMutex.tryHeld kind=FUTEX", 0, open_held, held_words, close_held, false},
    {"heldMutex.tryHeld kind=FCNTL", 0, open_held_elsewhere, held_fcntls, close_held_elsewhere, false},
#ifdef __linux__
    {"heldMutex.tryHeld kind=FLOCK", 0, open_held, held_flocks, close_held, false},
    {"heldMutex.tryHeld kind=PTHREAD", 0, open_held, held_mutexes, close_held, false},
    {"wakeup.eventfd wall", 0, open_partner, wakes, close_partner, true},
#endif
    {.key = NULL},
};
