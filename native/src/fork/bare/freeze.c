// SPDX-License-Identifier: Apache-2.0
//
// Stopping every thread but the forker; see bare.h for what may be used here.
//
// Each thread gets a signal whose handler says where it is, in memory of its own stack, and waits.
// Threads are born and die meanwhile. They all stand when the process has no more threads than
// stand: who stands can neither end nor bear another one.
//
// A thread may wait, with all signals blocked, for a lock that another one holds who stands
// already: glibc's threads do so while they are born and while they end. So those who stand are let
// go after a while, and it is tried again with more patience.
#include "fork/bare/parked.h"

#include <sys/prctl.h>
#include <sys/syscall.h>

enum {
    FIRST_PATIENCE_MS = 50, // enough for hundreds of threads, and short for who waits for nothing
    ROLL_MS = 1,            // until the threads are counted again, should no news have come
    ZOMBIE_ROLLS = 8        // rolls until a first thread that does not come is looked at
};

// The number of the present freeze, which the signals carry, and that of the last one that is over.
static int present;
static atomic_int thawed;

// What the forker waits on, and who rings.
static atomic_int arrived;
static atomic_int awaited;

static int count;
static int last_missing;
static bool refused;

// Whether the first thread of the process has ended, once that has been seen.
static bool leader_ended;

static uintptr_t asked_in(int freeze)
{
    return ((uintptr_t)(unsigned)freeze << 1) | 1;
}

void rf_parked_describe(struct rf_parked *self, void *context)
{
    self->context = context;
    self->thread_pointer = arch_thread_pointer();
    self->tid_address = NULL;
    self->robust_list = NULL;
    arch_read_registers(&self->registers);
    arch_syscall2(SYS_prctl, PR_GET_TID_ADDRESS, (long)&self->tid_address);
    arch_syscall3(SYS_get_robust_list, 0, (long)&self->robust_list, (long)&self->robust_bytes);
    arch_syscall2(SYS_prctl, PR_GET_NAME, (long)self->name);
    self->rseq = rf_forker.rseq_bytes != 0 && *rf_rseq_processor(self->thread_pointer) >= 0;
    rf_traits_read(&self->traits);
}

void rf_freeze_wait(int freeze)
{
    // Acquire: what the forker did to memory has happened. A later freeze has a larger number.
    for (int over; (over = atomic_load_explicit(&thawed, memory_order_acquire)) - freeze < 0;) {
        bare_wait(&thawed, over, 0);
    }
}

// The address sanitizer would mark the frame of a function that in the child never returns.
__attribute__((no_sanitize_address)) void rf_freeze_handler(int signo, siginfo_t *info,
                                                            void *context)
{
    struct rf_parked self;
    uintptr_t value = (uintptr_t)info->si_value.sival_ptr;
    int freeze = (int)(value >> 32);
    uint32_t place = (uint32_t)value;
    uintptr_t asked = asked_in(freeze);

    (void)signo;
    if (info->si_code != SI_QUEUE || info->si_pid != bare_pid() || place >= RF_MOST_THREADS) {
        return;
    }
    self.freeze = freeze;
    rf_parked_describe(&self, context);
    // Release, for the forker, who reads it all. It fails for a signal that comes so late that the
    // place is somebody else's.
    if (!atomic_compare_exchange_strong_explicit(&rf_threads[place].parked, &asked,
                                                 (uintptr_t)&self, memory_order_release,
                                                 memory_order_relaxed)) {
        return;
    }
    // Relaxed: they say when to look, not what is seen.
    if (atomic_fetch_add_explicit(&arrived, 1, memory_order_relaxed) + 1
        >= atomic_load_explicit(&awaited, memory_order_relaxed)) {
        bare_wake(&arrived);
    }
    rf_freeze_wait(freeze);
}

int rf_thread_count(void)
{
    return count;
}

const struct rf_parked *rf_parked_of(const struct rf_thread *thread)
{
    // Acquire: with the release in the handler.
    uintptr_t parked = atomic_load_explicit(&thread->parked, memory_order_acquire);

    return (parked & 1) != 0 ? NULL : (const struct rf_parked *)parked;
}

// The table by number is never cleared: an entry is right if the place it names says so.
static struct rf_thread *find(int tid)
{
    int place = rf_place_of_tid[tid];

    return place < count && rf_threads[place].tid == tid ? &rf_threads[place] : NULL;
}

int rf_new_tid(int tid)
{
    const struct rf_thread *thread = tid > 0 && tid < RF_MOST_TIDS ? find(tid) : NULL;

    return thread == NULL ? 0 : thread->new_tid;
}

// The kernel's own layout; the C library would fill in less.
static int send_signal(int tid, int place)
{
    siginfo_t info = {.si_signo = rf_forker.signo, .si_code = SI_QUEUE};

    info.si_pid = bare_pid();
    info.si_value.sival_ptr = (void *)(((uintptr_t)(unsigned)present << 32) | (unsigned)place);
    return (int)arch_syscall4(SYS_rt_tgsigqueueinfo, info.si_pid, tid, rf_forker.signo,
                              (long)&info);
}

static int ask_once(int tid)
{
    // Who has ended is not asked: some kernels keep the signal, counted against the user's limit.
    if (tid == rf_forker.tid || (leader_ended && tid == bare_pid())) {
        return 0;
    }
    if (tid >= RF_MOST_TIDS || count == RF_MOST_THREADS) {
        return -E2BIG;
    }
    const struct rf_thread *known = find(tid);
    if (known == NULL) {
        struct rf_thread *thread = &rf_threads[count];
        thread->tid = tid;
        thread->new_tid = 0;
        // Release: the place is this thread's from here on.
        atomic_store_explicit(&thread->parked, asked_in(present), memory_order_release);
        rf_place_of_tid[tid] = count++;
        int error = send_signal(tid, count - 1);
        if (error == -EAGAIN) {
            // Too many signals are queued: the next roll asks it again.
            count--;
        } else if (error != 0 && error != -ESRCH) {
            refused = true;
            last_missing = tid;
            return error;
        }
        last_missing = tid;
    } else if (rf_parked_of(known) == NULL) {
        last_missing = tid;
    }
    return 0;
}

static int standing(void)
{
    int number = 0;

    for (int i = 0; i < count; i++) {
        number += rf_parked_of(&rf_threads[i]) != NULL ? 1 : 0;
    }
    return number;
}

// How many threads the process has: the folder has two links more.
static long population(void)
{
    struct stat status;
    long error = arch_syscall4(SYS_newfstatat, AT_FDCWD, (long)"/proc/self/task", (long)&status, 0);

    return error < 0 ? error : (long)status.st_nlink - 2;
}

// The first thread of a process stays, dead and counted, until all the others have ended. That of a
// child is the forker.
static bool has_leader_ended(bool look)
{
    char path[BARE_PATH_BYTES];
    const int pid = bare_pid();

    if (pid == rf_forker.tid) {
        return false;
    }
    bare_put(bare_put_number(bare_put(path, "/proc/self/task/"), pid), "/status");
    if (!leader_ended && look && rf_read_text(path) > 0) {
        const char *state = bare_after(rf_text, "State:");
        leader_ended = state != NULL && (*state == 'Z' || *state == 'X');
    }
    return leader_ended;
}

// How many threads do not stand yet, or a negative error number.
static long missing(int rolls)
{
    long error = rf_numbers_in("/proc/self/task", ask_once);

    if (error < 0) {
        return error;
    }
    // In this order: who has ended, and who stands, is so still when the threads are counted. The
    // other way round, one that is born in between and one that comes to stand would cancel out.
    int settled = (has_leader_ended(rolls % ZOMBIE_ROLLS == 0) ? 1 : 0) + standing();
    long threads = population();
    return threads < 0 ? threads : threads - 1 - settled;
}

// Waits until that many more have come than were seen, or for a moment.
static void await_arrivals(int seen, long left)
{
    int wanted = seen + (int)left;
    long long until_ns = bare_now_ns() + ROLL_MS * BARE_NS_PER_MS;

    // Relaxed: see the handler.
    atomic_store_explicit(&awaited, wanted, memory_order_relaxed);
    for (int here = seen; here - wanted < 0 && bare_now_ns() < until_ns;) {
        bare_wait(&arrived, here, ROLL_MS * BARE_NS_PER_MS);
        here = atomic_load_explicit(&arrived, memory_order_relaxed);
    }
}

static int freeze_once(long long deadline_ns)
{
    long left;
    int rolls = 0;
    int seen = 0;

    present++;
    count = 0;
    // Relaxed: see the handler.
    atomic_store_explicit(&arrived, 0, memory_order_relaxed);
    atomic_store_explicit(&awaited, INT32_MAX, memory_order_relaxed);
    while ((left = missing(++rolls)) > 0) {
        if (bare_now_ns() >= deadline_ns) {
            left = -ETIMEDOUT;
            break;
        }
        await_arrivals(seen, left);
        seen = atomic_load_explicit(&arrived, memory_order_relaxed);
    }
    if (left < 0) {
        rf_thaw();
    }
    return (int)left;
}

int rf_freeze(int limit_ms, int *culprit, int *attempts)
{
    long long deadline_ns = bare_now_ns() + limit_ms * (long long)BARE_NS_PER_MS;
    long patience_ms = FIRST_PATIENCE_MS;

    last_missing = RF_NOBODY;
    refused = false;
    for (;;) {
        long long until_ns = bare_now_ns() + patience_ms * BARE_NS_PER_MS;
        ++*attempts;
        int error = freeze_once(until_ns < deadline_ns ? until_ns : deadline_ns);
        if (error == 0) {
            return 0;
        }
        if (error != -ETIMEDOUT || bare_now_ns() >= deadline_ns) {
            *culprit = error == -ETIMEDOUT || refused ? last_missing : RF_NOBODY;
            return error;
        }
        // They are to come to where they block no signal.
        bare_pause(patience_ms / 4);
        patience_ms *= 2;
    }
}

void rf_thaw(void)
{
    // Release: what the forker did to memory happens before they go on.
    atomic_store_explicit(&thawed, present, memory_order_release);
    bare_wake(&thawed);
}

bool rf_name_of(int tid, char name[RF_NAME_BYTES])
{
    const struct rf_thread *thread = find(tid);
    const struct rf_parked *parked = thread == NULL ? NULL : rf_parked_of(thread);

    for (int i = 0; parked != NULL && i < RF_NAME_BYTES; i++) {
        name[i] = parked->name[i];
    }
    return parked != NULL;
}
