// SPDX-License-Identifier: Apache-2.0
//
// epoll instances: shared, each process would take the events of the other, and disarm what it had
// armed. See bare.h for what may be used here.
//
// A registration belongs to an open file and a number. The number need not be open any more, or may
// be another file's by now, while the file lives on by a copy of the descriptor. The kernel tells
// which file is meant (kcmp(2)), and the child registers the copy under the former number.
#include "fork/bare/bare.h"
#include "fork/fork.h"

#include <linux/kcmp.h>
#include <sys/epoll.h>

enum {
    MOST_NUMBERS = 1 << 20, // above it, numbers that a file has twice in one instance are not told
                            // from one another
    MOST_EVENTS = 64,
    NOT_INTEREST = EPOLLONESHOT | EPOLLET | EPOLLWAKEUP | EPOLLEXCLUSIVE,
    ANY_INTEREST = EPOLLIN | EPOLLOUT | EPOLLPRI | EPOLLRDHUP
};

struct entry {
    int epoll;  // its descriptor
    int number; // that it was registered by
    int source; // a descriptor of its file
    uint32_t events;
    uint64_t data;
    bool fired;
};

static struct entry entries[RF_MOST_ENTRIES];
static int entry_count;

// How often a number has been seen among the registrations of the present instance.
static unsigned char repeats[MOST_NUMBERS];

void rf_epolls_begin(void)
{
    entry_count = 0;
}

static bool is_disarmed(const struct entry *entry)
{
    return (entry->events & EPOLLONESHOT) != 0 && (entry->events & ~(uint32_t)NOT_INTEREST) == 0;
}

// Whether fd is of the file that is registered. Where kcmp(2) is not allowed, inodes must do.
static bool is_target(int fd, const struct kcmp_epoll_slot *slot, unsigned long inode)
{
    int tid = bare_tid();
    long order = arch_syscall5(SYS_kcmp, tid, tid, KCMP_EPOLL_TFD, fd, (long)slot);
    struct statx status;

    if (order >= 0 || order == -EBADF) {
        return order == 0;
    }
    return bare_stat(fd, &status) == 0 && status.stx_ino == inode;
}

static int find_source(const struct kcmp_epoll_slot *slot, unsigned long inode)
{
    struct statx status;

    if (is_target((int)slot->tfd, slot, inode)) {
        return (int)slot->tfd;
    }
    for (int i = 0; i < rf_descriptor_count; i++) {
        int fd = rf_descriptors[i].fd;
        if (bare_stat(fd, &status) == 0 && status.stx_ino == inode && is_target(fd, slot, inode)) {
            return fd;
        }
    }
    return RF_NOBODY;
}

// A line is "tfd: 5 events: 19 data: 5 pos:0 ino:4fbf5f9 sdev:f", the numbers but the first in
// hexadecimal. Returns where the next one is looked for, or NULL if it is none.
static const char *read_entry(const char *line, int epoll, struct rf_fork_result *result)
{
    const char *events = bare_after(line, "events:");
    const char *data = events == NULL ? NULL : bare_after(events, "data:");
    const char *inode = data == NULL ? NULL : bare_after(data, "ino:");

    if (inode == NULL) {
        return NULL;
    }
    struct entry *entry = &entries[entry_count];
    entry->epoll = epoll;
    entry->number = (int)bare_number(line, 10);
    entry->events = (uint32_t)bare_number(events, 16);
    entry->data = bare_number(data, 16);
    entry->fired = false;
    struct kcmp_epoll_slot slot = {(uint32_t)epoll, (uint32_t)entry->number, 0};
    if (entry->number < MOST_NUMBERS) {
        slot.toff = repeats[entry->number]++;
    }
    entry->source = find_source(&slot, (unsigned long)bare_number(inode, 16));
    if (entry->source == RF_NOBODY) {
        result->epoll_entries_lost++;
    }
    entry_count++;
    return inode;
}

int rf_epolls_read(int place, struct rf_fork_result *result)
{
    char path[BARE_PATH_BYTES];
    int fd = rf_descriptors[place].fd;
    int first = entry_count;

    bare_put_number(bare_put(path, "/proc/thread-self/fdinfo/"), fd);
    long length = rf_read_text(path);
    int error = length < 0 ? (int)length : 0;
    for (const char *at = rf_text; error == 0 && (at = bare_after(at, "tfd:")) != NULL;) {
        if (entry_count == RF_MOST_ENTRIES) {
            error = -E2BIG;
        } else {
            at = read_entry(at, fd, result);
            error = at == NULL ? -EOPNOTSUPP : 0;
        }
    }
    for (int i = first; i < entry_count; i++) {
        if (entries[i].number < MOST_NUMBERS) {
            repeats[entries[i].number] = 0;
        }
    }
    return error;
}

// Registers the file under its number, which for a moment is made to be that file's.
static int control(const struct entry *entry, int operation, uint32_t events, uint64_t data)
{
    struct epoll_event event = {.events = events, .data.u64 = data};

    if (entry->source == entry->number) {
        return (int)arch_syscall4(SYS_epoll_ctl, entry->epoll, operation, entry->number,
                                  (long)&event);
    }
    long flags = bare_fcntl(entry->number, F_GETFD, 0);
    long other = bare_fcntl(entry->number, F_DUPFD_CLOEXEC, 0);
    long error = arch_syscall3(SYS_dup3, entry->source, entry->number, O_CLOEXEC);
    if (error >= 0) {
        error = arch_syscall4(SYS_epoll_ctl, entry->epoll, operation, entry->number, (long)&event);
    }
    if (other >= 0) {
        arch_syscall3(SYS_dup3, other, entry->number, (flags & FD_CLOEXEC) != 0 ? O_CLOEXEC : 0);
        bare_close(other);
    } else {
        bare_close(entry->number);
    }
    return (int)error;
}

// Whether the child's instance is to have it.
static bool is_of(int epoll, const struct entry *entry)
{
    return entry->epoll == epoll && entry->source != RF_NOBODY
           && rf_descriptors[rf_place_of_fd(entry->source)].kind != RF_KIND_CLOSED;
}

// A oneshot registration that has fired tells of nothing, not even of errors, until it is armed
// again. Nothing but firing brings one to that, so it is registered for everything, and what it
// tells of now is thrown away. What has nothing to tell stays registered for errors alone.
static int disarm(int epoll)
{
    struct epoll_event events[MOST_EVENTS];
    long count;

    do {
        count = arch_syscall6(SYS_epoll_pwait, epoll, (long)events, MOST_EVENTS, 0, 0, 0);
        for (long i = 0; i < count; i++) {
            entries[events[i].data.u64].fired = true;
        }
    } while (count > 0);
    int error = count < 0 ? (int)count : 0;
    for (int i = 0; error == 0 && i < entry_count; i++) {
        const struct entry *entry = &entries[i];
        if (is_of(epoll, entry) && is_disarmed(entry) && !entry->fired) {
            error = control(entry, EPOLL_CTL_MOD, entry->events, entry->data);
        }
    }
    return error;
}

static int register_all(int epoll, struct rf_fork_result *result)
{
    int error = 0;

    for (int i = 0; error == 0 && i < entry_count; i++) {
        const struct entry *entry = &entries[i];
        if (is_of(epoll, entry) && is_disarmed(entry)) {
            error = control(entry, EPOLL_CTL_ADD, entry->events | ANY_INTEREST, (uint64_t)i);
            result->epoll_entries++;
        }
    }
    if (error == 0 && result->epoll_entries > 0) {
        error = disarm(epoll);
    }
    for (int i = 0; error == 0 && i < entry_count; i++) {
        const struct entry *entry = &entries[i];
        if (is_of(epoll, entry) && !is_disarmed(entry)) {
            error = control(entry, EPOLL_CTL_ADD, entry->events, entry->data);
            result->epoll_entries++;
        }
    }
    return error;
}

// The instances first: one may be registered in another.
int rf_epolls_rebuild(struct rf_fork_result *result)
{
    int error = 0;

    for (int i = 0; error == 0 && i < rf_descriptor_count; i++) {
        if (rf_descriptors[i].kind == RF_KIND_EPOLL && rf_descriptors[i].same == i) {
            long fresh = arch_syscall1(SYS_epoll_create1, EPOLL_CLOEXEC);
            error = fresh < 0 ? (int)fresh : rf_descriptor_replace(i, (int)fresh);
            result->epolls++;
            result->culprit = error == 0 ? RF_NOBODY : rf_descriptors[i].fd;
        }
    }
    for (int i = 0; error == 0 && i < rf_descriptor_count; i++) {
        if (rf_descriptors[i].kind == RF_KIND_EPOLL && rf_descriptors[i].same == i) {
            error = register_all(rf_descriptors[i].fd, result);
            result->culprit = error == 0 ? RF_NOBODY : rf_descriptors[i].fd;
        }
    }
    return error;
}
