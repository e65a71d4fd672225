// SPDX-License-Identifier: Apache-2.0
//
// What keeps a process from being forked with its threads. It reads /proc with what the forker
// reads it with, and so needs the tables to itself.
#include "fork/bare/bare.h"
#include "fork/fork.h"

#include <linux/kcmp.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/time.h>
#include <unistd.h>

// A library that stands in for glibc elsewhere does not know this name.
static bool is_glibc(void)
{
#if defined(__GLIBC__)
    char version[64];

    return confstr(_CS_GNU_LIBC_VERSION, version, sizeof version) > 0
           && strncmp(version, "glibc", strlen("glibc")) == 0;
#else
    return false;
#endif
}

static bool has_tid_address(void)
{
    int *address = NULL;

    return prctl(PR_GET_TID_ADDRESS, &address) == 0 && address != NULL && *address == bare_tid();
}

// Whether the signal is neither the forker's, nor anybody's before there is a forker.
static bool is_signal_taken(void)
{
    struct sigaction present;

    if (rf_forker.signo == 0) {
        return false;
    }
    return sigaction(rf_forker.signo, NULL, &present) != 0
           || (present.sa_flags & SA_SIGINFO) == 0 || present.sa_sigaction != rf_freeze_handler;
}

// Whether /proc knows this process and its threads by their own numbers: it may be that of another
// namespace.
static bool is_own_proc(void)
{
    char expected[RF_LINK_BYTES];
    char found[RF_LINK_BYTES];
    int length = snprintf(expected, sizeof expected, "%d/task/%d", bare_pid(), bare_tid());

    return readlink("/proc/thread-self", found, sizeof found) == length
           && memcmp(found, expected, (size_t)length) == 0;
}

static bool has_timers(void)
{
    static const int clocks[] = {ITIMER_REAL, ITIMER_VIRTUAL, ITIMER_PROF};
    struct itimerval timer;

    for (size_t i = 0; i < sizeof clocks / sizeof clocks[0]; i++) {
        if (getitimer(clocks[i], &timer) == 0
            && (timer.it_value.tv_sec != 0 || timer.it_value.tv_usec != 0)) {
            return true;
        }
    }
    // Not in every kernel.
    return rf_read_text("/proc/self/timers") > 0;
}

// Memory that is shared with the child although each of the two takes it for its own.
static int find_shared_memory(void)
{
    static const struct {
        const char *name;
        int reason;
    } names[] = {
        {"/memfd:java_heap", RF_FORK_SHARED_HEAP},
        {"hsperfdata", RF_FORK_SHARED_PERFDATA},
        {"/SYSV", RF_FORK_SHARED_SEGMENT},
        {"/[aio]", RF_FORK_AIO},
        {"anon_inode:[io_uring]", RF_FORK_SHARED_RING},
        {"anon_inode:[perf_event]", RF_FORK_SHARED_RING},
    };
    int reasons = 0;

    // A line is "7f00-7f10 rw-s 00000000 00:01 5 /name".
    for (char *line = rf_text; *line != '\0';) {
        char *end = strchrnul(line, '\n');
        char *next = *end == '\0' ? end : end + 1;
        *end = '\0';
        const char *rights = bare_after(line, " ");
        for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
            if (rights != NULL && rights[1] == 'w' && rights[3] == 's'
                && strstr(rights, names[i].name) != NULL) {
                reasons |= names[i].reason;
            }
        }
        line = next;
    }
    return reasons;
}

static int *counter(struct rf_fork_findings *findings, enum rf_kind kind)
{
    switch (kind) {
    case RF_KIND_IO_URING:
        return &findings->io_urings;
    case RF_KIND_INOTIFY:
        return &findings->inotifies;
    case RF_KIND_FANOTIFY:
        return &findings->fanotifies;
    case RF_KIND_TIMERFD:
        return &findings->timerfds;
    case RF_KIND_SIGNALFD:
        return &findings->signalfds;
    case RF_KIND_PERF_EVENT:
        return &findings->perf_events;
    case RF_KIND_BPF:
        return &findings->bpfs;
    default:
        return &findings->unknowns;
    }
}

static void name_first(struct rf_fork_findings *findings, int fd)
{
    char name[RF_LINK_BYTES];

    findings->fd = fd;
    if (rf_descriptor_name(fd, name) > 0) {
        size_t length = strnlen(name, sizeof findings->name - 1);
        memcpy(findings->name, name, length);
        findings->name[length] = '\0';
    }
}

static void check_descriptors(struct rf_fork_findings *findings)
{
    if (rf_descriptors_list() != 0) {
        findings->reasons |= RF_FORK_PROC;
        return;
    }
    for (int i = 0; i < rf_descriptor_count; i++) {
        const struct rf_descriptor *row = &rf_descriptors[i];
        if (rf_kind_refused(row->kind)) {
            findings->reasons |= RF_FORK_DESCRIPTOR;
            ++*counter(findings, row->kind);
            if (findings->fd < 0) {
                name_first(findings, row->fd);
            }
        }
    }
}

void rf_check_process(struct rf_fork_findings *findings)
{
    const int tid = bare_tid();

    memset(findings, 0, sizeof *findings);
    findings->fd = RF_NOBODY;
    findings->thread = RF_NOBODY;
    findings->reasons = (is_glibc() ? 0 : RF_FORK_LIBC)
                        | (has_tid_address() ? 0 : RF_FORK_TID_ADDRESS)
                        | (arch_has_shadow_stack() ? RF_FORK_SHADOW_STACK : 0)
                        | (is_signal_taken() ? RF_FORK_SIGNAL : 0)
                        | (has_timers() ? RF_FORK_TIMER : 0)
                        | (is_own_proc() ? 0 : RF_FORK_PROC);
    findings->kcmp = arch_syscall5(SYS_kcmp, tid, tid, KCMP_VM, 0, 0) == 0;
    if (rf_read_text("/proc/thread-self/status") < 0) {
        findings->reasons |= RF_FORK_PROC;
    } else {
        const char *mode = bare_after(rf_text, "Seccomp:");
        findings->seccomp = mode == NULL ? 0 : (int)bare_number(mode, 10);
    }
    if (rf_read_text("/proc/thread-self/maps") < 0) {
        findings->reasons |= RF_FORK_PROC;
    } else {
        findings->reasons |= find_shared_memory();
    }
    findings->thread = rf_find_other_credentials();
    if (findings->thread != RF_NOBODY) {
        findings->reasons |= RF_FORK_CREDENTIALS;
    }
}

void rf_check(struct rf_fork_findings *findings)
{
    rf_check_process(findings);
    check_descriptors(findings);
}
