// SPDX-License-Identifier: Apache-2.0
#include "helpers.h"

#if defined(__linux__)

// The offsets that readers in other languages count on.
_Static_assert(sizeof(struct rf_fork_options) == 40, "size");
_Static_assert(offsetof(struct rf_fork_options, kept) == 0, "kept");
_Static_assert(offsetof(struct rf_fork_options, closed) == 8, "closed");
_Static_assert(offsetof(struct rf_fork_options, kept_count) == 16, "kept_count");
_Static_assert(offsetof(struct rf_fork_options, closed_count) == 20, "closed_count");
_Static_assert(offsetof(struct rf_fork_options, freeze_limit_ms) == 24, "freeze_limit_ms");
_Static_assert(offsetof(struct rf_fork_options, death_signal) == 28, "death_signal");
_Static_assert(offsetof(struct rf_fork_options, sibling) == 32, "sibling");

_Static_assert(sizeof(struct rf_fork_result) == 104, "size");
_Static_assert(offsetof(struct rf_fork_result, pid) == 0, "pid");
_Static_assert(offsetof(struct rf_fork_result, pidfd) == 4, "pidfd");
_Static_assert(offsetof(struct rf_fork_result, stage) == 8, "stage");
_Static_assert(offsetof(struct rf_fork_result, culprit) == 12, "culprit");
_Static_assert(offsetof(struct rf_fork_result, threads) == 16, "threads");
_Static_assert(offsetof(struct rf_fork_result, epolls) == 20, "epolls");
_Static_assert(offsetof(struct rf_fork_result, epoll_entries) == 24, "epoll_entries");
_Static_assert(offsetof(struct rf_fork_result, epoll_entries_lost) == 28, "epoll_entries_lost");
_Static_assert(offsetof(struct rf_fork_result, eventfds) == 32, "eventfds");
_Static_assert(offsetof(struct rf_fork_result, pipes) == 36, "pipes");
_Static_assert(offsetof(struct rf_fork_result, files) == 40, "files");
_Static_assert(offsetof(struct rf_fork_result, files_shared) == 44, "files_shared");
_Static_assert(offsetof(struct rf_fork_result, locks) == 48, "locks");
_Static_assert(offsetof(struct rf_fork_result, os_threads) == 52, "os_threads");
_Static_assert(offsetof(struct rf_fork_result, attach_listener) == 56, "attach_listener");
_Static_assert(offsetof(struct rf_fork_result, freezes) == 60, "freezes");
_Static_assert(offsetof(struct rf_fork_result, freeze_ns) == 64, "freeze_ns");
_Static_assert(offsetof(struct rf_fork_result, descriptors_ns) == 72, "descriptors_ns");
_Static_assert(offsetof(struct rf_fork_result, clone_ns) == 80, "clone_ns");
_Static_assert(offsetof(struct rf_fork_result, pause_ns) == 88, "pause_ns");
_Static_assert(offsetof(struct rf_fork_result, restore_ns) == 96, "restore_ns");

_Static_assert(sizeof(struct rf_fork_findings) == 96, "size");
_Static_assert(offsetof(struct rf_fork_findings, reasons) == 0, "reasons");
_Static_assert(offsetof(struct rf_fork_findings, seccomp) == 4, "seccomp");
_Static_assert(offsetof(struct rf_fork_findings, kcmp) == 8, "kcmp");
_Static_assert(offsetof(struct rf_fork_findings, io_urings) == 12, "io_urings");
_Static_assert(offsetof(struct rf_fork_findings, inotifies) == 16, "inotifies");
_Static_assert(offsetof(struct rf_fork_findings, fanotifies) == 20, "fanotifies");
_Static_assert(offsetof(struct rf_fork_findings, timerfds) == 24, "timerfds");
_Static_assert(offsetof(struct rf_fork_findings, signalfds) == 28, "signalfds");
_Static_assert(offsetof(struct rf_fork_findings, perf_events) == 32, "perf_events");
_Static_assert(offsetof(struct rf_fork_findings, bpfs) == 36, "bpfs");
_Static_assert(offsetof(struct rf_fork_findings, unknowns) == 40, "unknowns");
_Static_assert(offsetof(struct rf_fork_findings, fd) == 44, "fd");
_Static_assert(offsetof(struct rf_fork_findings, name) == 48, "name");
_Static_assert(offsetof(struct rf_fork_findings, thread) == 92, "thread");

int main(void)
{
    return 0;
}

#else

int main(void)
{
    return skip("processes are forked with their threads on Linux only");
}

#endif
