// SPDX-License-Identifier: Apache-2.0
//
// The descriptors of the process: what each is, and who makes it again in the child; see bare.h for
// what may be used here.
//
// All that is in them is read while the parent stands still. Read later, by the child, it would be
// of another moment than the child's memory: a byte that the parent's threads have taken out of a
// pipe meanwhile would be missing, and a thread that believes it was written would wait for ever.
#include "fork/bare/bare.h"
#include "fork/fork.h"

#include <linux/kcmp.h>
#include <sys/resource.h>

enum {
    LAST_STANDARD = 2, // never made again, as those before it
    BUCKETS = 1 << 12
};

// Places by identity, so that thousands are not compared with one another while the process stands.
static int firsts[BUCKETS];

static const struct {
    const char *beginning;
    enum rf_kind kind;
} kinds[] = {
    {"socket:[", RF_KIND_SOCKET},
    {"anon_inode:[eventpoll]", RF_KIND_EPOLL},
    {"anon_inode:[eventfd]", RF_KIND_EVENTFD},
    {"anon_inode:[pidfd]", RF_KIND_SHARED},
    {"anon_inode:[io_uring]", RF_KIND_IO_URING},
    {"anon_inode:inotify", RF_KIND_INOTIFY},
    {"anon_inode:[fanotify]", RF_KIND_FANOTIFY},
    {"anon_inode:[timerfd]", RF_KIND_TIMERFD},
    {"anon_inode:[signalfd]", RF_KIND_SIGNALFD},
    {"anon_inode:[perf_event]", RF_KIND_PERF_EVENT},
    {"anon_inode:bpf", RF_KIND_BPF},
    {"anon_inode:", RF_KIND_UNKNOWN},
};

long rf_descriptor_name(int fd, char name[RF_LINK_BYTES])
{
    char path[BARE_PATH_BYTES];

    bare_put_number(bare_put(path, "/proc/thread-self/fd/"), fd);
    long length = arch_syscall4(SYS_readlinkat, AT_FDCWD, (long)path, (long)name,
                                RF_LINK_BYTES - 1);
    name[length < 0 ? 0 : length] = '\0';
    return length;
}

int rf_place_of_fd(int fd)
{
    int low = 0;
    int high = rf_descriptor_count;

    // /proc lists them in order.
    while (low < high) {
        int middle = low + (high - low) / 2;
        if (rf_descriptors[middle].fd < fd) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < rf_descriptor_count && rf_descriptors[low].fd == fd ? low : RF_NOBODY;
}

long rf_compare_files(int fd, int other)
{
    // Not the process's number: its first thread may have ended, and has no descriptors then.
    int tid = bare_tid();

    return arch_syscall5(SYS_kcmp, tid, tid, KCMP_FILE, fd, other);
}

static void classify_pipe(struct rf_descriptor *row, const char *number)
{
    int mode = row->status & O_ACCMODE;

    row->pipe = true;
    row->identity = (unsigned long)bare_number(number, 10);
    if (mode != O_RDWR) {
        row->kind = mode == O_RDONLY ? RF_KIND_PIPE_OUT : RF_KIND_PIPE_IN;
    }
}

static void classify_file(struct rf_descriptor *row)
{
    struct statx status;

    if ((row->status & (O_ACCMODE | O_PATH)) == O_RDONLY && bare_stat(row->fd, &status) == 0
        && (S_ISREG(status.stx_mode) || S_ISDIR(status.stx_mode))) {
        row->kind = RF_KIND_FILE;
        row->identity = status.stx_ino;
        row->device = (unsigned long)status.stx_dev_major << 32 | status.stx_dev_minor;
    }
}

static void classify(struct rf_descriptor *row)
{
    char name[RF_LINK_BYTES];

    if (rf_descriptor_name(row->fd, name) < 0) {
        return;
    }
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (bare_starts(name, kinds[i].beginning)) {
            row->kind = kinds[i].kind;
            return;
        }
    }
    row->status = (int)bare_fcntl(row->fd, F_GETFL, 0);
    if (bare_starts(name, "pipe:[")) {
        classify_pipe(row, bare_after(name, "["));
    } else if (name[0] == '/') {
        classify_file(row);
    }
}

static int add_row(int fd)
{
    if (rf_descriptor_count == RF_MOST_DESCRIPTORS) {
        return -E2BIG;
    }
    struct rf_descriptor *row = &rf_descriptors[rf_descriptor_count];
    row->fd = fd;
    row->kind = RF_KIND_SHARED;
    row->same = rf_descriptor_count++;
    row->next = RF_NOBODY;
    row->spare = RF_NOBODY;
    row->identity = (unsigned long)fd;
    row->device = 0;
    row->value = 0;
    row->pipe = false;
    row->semaphore = false;
    classify(row);
    if (fd <= LAST_STANDARD) {
        row->kind = RF_KIND_SHARED;
    }
    return 0;
}

int rf_descriptors_list(void)
{
    rf_descriptor_count = 0;
    return (int)rf_numbers_in("/proc/thread-self/fd", add_row);
}

// What the caller wants done with some descriptors goes before what they are.
static int mark(const int *fds, int count, enum rf_kind kind, int *culprit)
{
    for (int i = 0; i < count; i++) {
        int place = rf_place_of_fd(fds[i]);
        if (place == RF_NOBODY) {
            *culprit = fds[i];
            return -EBADF;
        }
        rf_descriptors[place].kind = kind;
    }
    return 0;
}

int rf_first_alike(unsigned long identity)
{
    return firsts[identity % BUCKETS];
}

// Finds the first place of the same open file. Pipes need not be asked about: all descriptors of
// one end are as good.
static void find_same(int place)
{
    struct rf_descriptor *row = &rf_descriptors[place];

    for (int i = rf_first_alike(row->identity); i != RF_NOBODY; i = rf_descriptors[i].next) {
        const struct rf_descriptor *other = &rf_descriptors[i];
        if (other->kind == row->kind && other->same == i && other->identity == row->identity
            && other->device == row->device
            && (row->kind == RF_KIND_PIPE_IN || row->kind == RF_KIND_PIPE_OUT
                || rf_compare_files(other->fd, row->fd) == 0)) {
            row->same = i;
            return;
        }
    }
}

static int read_row(int place, struct rf_fork_result *result)
{
    struct rf_descriptor *row = &rf_descriptors[place];
    int error = 0;

    switch (row->kind) {
    case RF_KIND_EPOLL:
        row->identity = 0;
        find_same(place);
        error = row->same == place ? rf_epolls_read(place, result) : 0;
        break;
    case RF_KIND_EVENTFD:
        error = rf_eventfd_read(row);
        find_same(place);
        break;
    case RF_KIND_FILE:
        error = rf_file_read(row);
        find_same(place);
        break;
    case RF_KIND_PIPE_OUT:
    case RF_KIND_PIPE_IN:
        find_same(place);
        break;
    default:
        error = rf_kind_refused(row->kind) ? -EOPNOTSUPP : 0;
        break;
    }
    // Not before it has been compared.
    row->next = rf_first_alike(row->identity);
    firsts[row->identity % BUCKETS] = place;
    return error;
}

int rf_descriptors_read(const struct rf_fork_options *options, struct rf_fork_result *result)
{
    int error = rf_descriptors_list();

    if (error == 0) {
        error = mark(options->kept, options->kept_count, RF_KIND_SHARED, &result->culprit);
    }
    if (error == 0) {
        error = mark(options->closed, options->closed_count, RF_KIND_CLOSED, &result->culprit);
    }
    for (int i = 0; i < BUCKETS; i++) {
        firsts[i] = RF_NOBODY;
    }
    rf_epolls_begin();
    for (int i = 0; error == 0 && i < rf_descriptor_count; i++) {
        error = read_row(i, result);
        if (error != 0) {
            result->culprit = rf_descriptors[i].fd;
        }
    }
    return error != 0 ? error : rf_pipes_read(result);
}

void rf_descriptors_forget(void)
{
    rf_pipes_forget();
}

int rf_descriptor_replace(int place, int fresh)
{
    int next = rf_first_alike(rf_descriptors[place].identity);

    while (next != RF_NOBODY) {
        const struct rf_descriptor *row = &rf_descriptors[next];
        next = row->next;
        if (row->same != place || row->kind != rf_descriptors[place].kind) {
            continue;
        }
        long flags = bare_fcntl(row->fd, F_GETFD, 0);
        long error = arch_syscall3(SYS_dup3, fresh, row->fd,
                                   (flags & FD_CLOEXEC) != 0 ? O_CLOEXEC : 0);
        if (error < 0) {
            bare_close(fresh);
            return (int)error;
        }
    }
    bare_close(fresh);
    return 0;
}

static int rebuild_row(int place, struct rf_fork_result *result)
{
    const struct rf_descriptor *row = &rf_descriptors[place];
    int error = 0;

    switch (row->kind) {
    case RF_KIND_EVENTFD:
        error = rf_eventfd_rebuild(place);
        result->eventfds++;
        break;
    case RF_KIND_PIPE_OUT:
        error = rf_pipe_rebuild(place);
        result->pipes++;
        break;
    case RF_KIND_FILE:
        error = rf_file_rebuild(place, result);
        break;
    default:
        break;
    }
    return error;
}

// Sets how many descriptors there may be, as far as this is allowed. Returns the former
// number. The limits are the child's own.
static rlim_t limit_descriptors(rlim_t most)
{
    struct rlimit limit = {.rlim_cur = most};
    struct rlimit former = {.rlim_cur = most};

    arch_syscall4(SYS_prlimit64, 0, RLIMIT_NOFILE, 0, (long)&former);
    limit.rlim_max = former.rlim_max;
    if (limit.rlim_cur > limit.rlim_max) {
        limit.rlim_cur = limit.rlim_max;
    }
    arch_syscall4(SYS_prlimit64, 0, RLIMIT_NOFILE, (long)&limit, 0);
    return former.rlim_cur;
}

static int rebuild_all(struct rf_fork_result *result)
{
    int error = 0;

    // First of all, so that there are numbers for the others.
    for (int i = 0; i < rf_descriptor_count; i++) {
        if (rf_descriptors[i].kind == RF_KIND_CLOSED) {
            bare_close(rf_descriptors[i].fd);
        }
    }
    for (int i = 0; error == 0 && i < rf_descriptor_count; i++) {
        if (rf_descriptors[i].same == i) {
            error = rebuild_row(i, result);
            result->culprit = error == 0 ? RF_NOBODY : rf_descriptors[i].fd;
        }
    }
    // Last, since they are told of the new ones.
    return error != 0 ? error : rf_epolls_rebuild(result);
}

int rf_descriptors_rebuild(struct rf_fork_result *result)
{
    // A number may be beyond a limit that has been lowered since, and the last of those below it is
    // needed for a moment.
    rlim_t former = limit_descriptors(RLIM_INFINITY);
    int error = rebuild_all(result);

    limit_descriptors(former);
    return error;
}
