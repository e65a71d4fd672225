// SPDX-License-Identifier: Apache-2.0
//
// io_uring: batches of operations that do nothing, by setup flags, and messages between rings.
#include <linux/io_uring.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "bench.h"

// Newer than some headers.
enum { SETUP_NO_SQARRAY = 1 << 16 };
enum { ENTRIES = 256, IDLE_MS = 100 };

struct ring {
    int fd;
    int enter_fd;
    unsigned enter_flags;
    char *memory;
    size_t bytes;
    struct io_uring_sqe *sqes;
    struct io_uring_params params;
    unsigned tail;
    unsigned head;
};

static struct ring ring;
static struct ring other;
static unsigned batch;

static _Atomic unsigned *word(const struct ring *of, unsigned offset)
{
    return (_Atomic unsigned *)(void *)(of->memory + offset);
}

static void *map(int fd, size_t bytes, off_t offset)
{
    void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, fd, offset);
    if (memory == MAP_FAILED) {
        bench_fail("mmap of a ring");
    }
    return memory;
}

static void make(struct ring *made, unsigned flags)
{
    memset(made, 0, sizeof *made);
    made->params.flags = flags;
    made->params.sq_thread_idle = IDLE_MS;
    made->fd = (int)CHECK(syscall(SYS_io_uring_setup, ENTRIES, &made->params));
    made->enter_fd = made->fd;
    made->bytes = made->params.cq_off.cqes + made->params.cq_entries * sizeof(struct io_uring_cqe);
    if (made->bytes < made->params.sq_off.array + ENTRIES * sizeof(unsigned)) {
        made->bytes = made->params.sq_off.array + ENTRIES * sizeof(unsigned);
    }
    made->memory = map(made->fd, made->bytes, IORING_OFF_SQ_RING);
    made->sqes = map(made->fd, ENTRIES * sizeof *made->sqes, (off_t)IORING_OFF_SQES);
    for (unsigned i = 0; i < ENTRIES && (flags & SETUP_NO_SQARRAY) == 0; i++) {
        atomic_store_explicit(word(made, made->params.sq_off.array) + i, i, memory_order_relaxed);
    }
}

static void unmake(struct ring *made)
{
    munmap(made->sqes, ENTRIES * sizeof *made->sqes);
    munmap(made->memory, made->bytes);
    close(made->fd);
}

static struct io_uring_sqe *next(struct ring *of)
{
    struct io_uring_sqe *sqe = &of->sqes[of->tail++ & (ENTRIES - 1)];
    memset(sqe, 0, sizeof *sqe);
    return sqe;
}

static void enter(struct ring *of, unsigned count)
{
    atomic_store_explicit(word(of, of->params.sq_off.tail), of->tail, memory_order_release);
    CHECK(syscall(SYS_io_uring_enter, of->enter_fd, count, count, IORING_ENTER_GETEVENTS | of->enter_flags, NULL, 0));
}

// Takes so many completions, which are there.
static void take(struct ring *of, unsigned count)
{
    unsigned there = atomic_load_explicit(word(of, of->params.cq_off.tail), memory_order_acquire) - of->head;
    struct io_uring_cqe *cqes = (struct io_uring_cqe *)(void *)(of->memory + of->params.cq_off.cqes);
    if (there != count) {
        bench_fail("fewer completions than submissions");
    }
    for (unsigned i = 0; i < count; i++) {
        errno = -cqes[(of->head + i) & (of->params.cq_entries - 1)].res;
        CHECK(cqes[(of->head + i) & (of->params.cq_entries - 1)].res);
    }
    of->head += count;
    atomic_store_explicit(word(of, of->params.cq_off.head), of->head, memory_order_release);
}

static void do_nothing(void)
{
    for (unsigned i = 0; i < batch; i++) {
        struct io_uring_sqe *sqe = next(&ring);
        sqe->opcode = IORING_OP_NOP;
        sqe->user_data = i;
    }
    enter(&ring, batch);
    take(&ring, batch);
}

static void send_message(void)
{
    struct io_uring_sqe *sqe = next(&ring);
    sqe->opcode = IORING_OP_MSG_RING;
    sqe->fd = other.fd;
    sqe->len = 1;
    sqe->off = 1;
    enter(&ring, 1);
    take(&ring, 1);
    take(&other, 1);
}

// ---- memory into a TCP connection

static int sender;
static int receiver;
static char *buffer;
static unsigned bytes;

// How many operations are over: those whose completion says that no more follows.
static unsigned finished(void)
{
    unsigned there = atomic_load_explicit(word(&ring, ring.params.cq_off.tail), memory_order_acquire) - ring.head;
    struct io_uring_cqe *cqes = (struct io_uring_cqe *)(void *)(ring.memory + ring.params.cq_off.cqes);
    unsigned over = 0;
    for (unsigned i = 0; i < there; i++) {
        struct io_uring_cqe *cqe = &cqes[(ring.head + i) & (ring.params.cq_entries - 1)];
        errno = -cqe->res;
        CHECK(cqe->res);
        over += (cqe->flags & IORING_CQE_F_MORE) == 0;
    }
    ring.head += there;
    atomic_store_explicit(word(&ring, ring.params.cq_off.head), ring.head, memory_order_release);
    return over;
}

static void run_deferred(void)
{
    unsigned flags = atomic_load_explicit(word(&ring, ring.params.sq_off.flags), memory_order_acquire);
    if ((flags & (IORING_SQ_TASKRUN | IORING_SQ_CQ_OVERFLOW)) != 0) {
        CHECK(syscall(SYS_io_uring_enter, ring.enter_fd, 0, 0, IORING_ENTER_GETEVENTS | ring.enter_flags, NULL, 0));
    }
}

static void send_all(unsigned char operation)
{
    struct io_uring_sqe *sqe = next(&ring);
    sqe->opcode = operation;
    sqe->fd = sender;
    sqe->addr = (unsigned long long)(uintptr_t)buffer;
    sqe->len = bytes;
    sqe->msg_flags = MSG_WAITALL;
    atomic_store_explicit(word(&ring, ring.params.sq_off.tail), ring.tail, memory_order_release);
    CHECK(syscall(SYS_io_uring_enter, ring.enter_fd, 1, 0, ring.enter_flags, NULL, 0));
    unsigned operations = 1;
    for (long taken = 0; taken < bytes || operations > 0;) {
        taken += bench_drain(receiver);
        run_deferred();
        operations -= finished();
    }
}

// ---- a thread of the kernel's that takes the submissions

static void show_to_thread(void)
{
    for (unsigned i = 0; i < batch; i++) {
        struct io_uring_sqe *sqe = next(&ring);
        sqe->opcode = IORING_OP_NOP;
        sqe->user_data = i;
    }
    atomic_store_explicit(word(&ring, ring.params.sq_off.tail), ring.tail, memory_order_seq_cst);
    if ((atomic_load(word(&ring, ring.params.sq_off.flags)) & IORING_SQ_NEED_WAKEUP) != 0) {
        CHECK(syscall(SYS_io_uring_enter, ring.fd, 0, 0, IORING_ENTER_SQ_WAKEUP, NULL, 0));
    }
    while (atomic_load_explicit(word(&ring, ring.params.cq_off.tail), memory_order_acquire) - ring.head < batch) {
#ifdef __x86_64__
        __builtin_ia32_pause();
#endif
    }
    take(&ring, batch);
}

LOOP(copied, send_all(IORING_OP_SEND))
LOOP(zero_copy, send_all(IORING_OP_SEND_ZC))
LOOP(shown, show_to_thread())
LOOP(nops, do_nothing())
LOOP(messages, send_message())

static void open_plain(long size)
{
    batch = (unsigned)size;
    make(&ring, 0);
}

static void open_coop(long size)
{
    batch = (unsigned)size;
    make(&ring, IORING_SETUP_COOP_TASKRUN | IORING_SETUP_TASKRUN_FLAG);
}

static void open_defer(long size)
{
    batch = (unsigned)size;
    make(&ring, IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN);
}

// As the library sets a ring up: its descriptor is registered too, so that nobody looks it up.
static void open_best(long size)
{
    batch = (unsigned)size;
    make(&ring, IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN | IORING_SETUP_COOP_TASKRUN
            | IORING_SETUP_TASKRUN_FLAG | IORING_SETUP_SUBMIT_ALL | SETUP_NO_SQARRAY);
    struct io_uring_rsrc_update place = {.offset = (unsigned)-1, .data = (unsigned long long)ring.fd};
    CHECK(syscall(SYS_io_uring_register, ring.fd, IORING_REGISTER_RING_FDS, &place, 1));
    ring.enter_fd = (int)place.offset;
    ring.enter_flags = IORING_ENTER_REGISTERED_RING;
}

static void close_best(void)
{
    struct io_uring_rsrc_update place = {.offset = (unsigned)ring.enter_fd};
    CHECK(syscall(SYS_io_uring_register, ring.fd, IORING_UNREGISTER_RING_FDS, &place, 1));
    unmake(&ring);
}

static void close_ring(void)
{
    unmake(&ring);
}

static void open_polled(long size)
{
    batch = (unsigned)size;
    make(&ring, IORING_SETUP_SQPOLL);
}

static void open_sending(long size)
{
    open_best(size);
    bytes = (unsigned)size;
    // Touched: who reads memory that nobody has written reads one page of zeros for all of it, from the first cache.
    buffer = malloc(bytes);
    if (buffer == NULL) {
        bench_fail("malloc");
    }
    memset(buffer, 1, bytes);
    bench_connect(&sender, &receiver);
}

static void close_sending(void)
{
    close_best();
    close(sender);
    close(receiver);
    free(buffer);
}

// The other ring takes what comes without being entered.
static void open_two(long size)
{
    open_best(size);
    make(&other, 0);
}

static void close_two(void)
{
    close_best();
    unmake(&other);
}

const struct bench_row bench_uring_rows[] = {
    {"uring.nops batch=1 setup=plain", 1, open_plain, nops, close_ring, false},
    {"uring.nops batch=1 setup=coop", 1, open_coop, nops, close_ring, false},
    {"uring.nops batch=1 setup=defer", 1, open_defer, nops, close_ring, false},
    {"uring.nops batch=16 setup=plain", 16, open_plain, nops, close_ring, false},
    {"uring.nops batch=16 setup=coop", 16, open_coop, nops, close_ring, false},
    {"uring.nops batch=16 setup=defer", 16, open_defer, nops, close_ring, false},
    {"uring.nops batch=256 setup=plain", 256, open_plain, nops, close_ring, false},
    {"uring.nops batch=256 setup=coop", 256, open_coop, nops, close_ring, false},
    {"uring.nops batch=256 setup=defer", 256, open_defer, nops, close_ring, false},
    {"ring.nops batch=1", 1, open_best, nops, close_best, false},
    {"ring.nops batch=16", 16, open_best, nops, close_best, false},
    {"ring.nops batch=256", 256, open_best, nops, close_best, false},
    {"ringSend.copied bytes=4096", 4096, open_sending, copied, close_sending, false},
    {"ringSend.copied bytes=65536", 65536, open_sending, copied, close_sending, false},
    {"ringSend.copied bytes=1048576", 1048576, open_sending, copied, close_sending, false},
    {"ringSend.zeroCopy bytes=4096", 4096, open_sending, zero_copy, close_sending, false},
    {"ringSend.zeroCopy bytes=65536", 65536, open_sending, zero_copy, close_sending, false},
    {"ringSend.zeroCopy bytes=1048576", 1048576, open_sending, zero_copy, close_sending, false},
    {"sqPoll.nops batch=1 wall", 1, open_polled, shown, close_ring, true},
    {"sqPoll.nops batch=16 wall", 16, open_polled, shown, close_ring, true},
    {"sqPoll.nops batch=256 wall", 256, open_polled, shown, close_ring, true},
    {"ringMessage.send", 1, open_two, messages, close_two, false},
    {.key = NULL},
};
