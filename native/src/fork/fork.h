// SPDX-License-Identifier: Apache-2.0
//
// The parts of rf_fork. What is in the folder bare/ runs while the other threads stand still and
// uses system calls alone; what is beside this file runs before, on the caller's thread.
#ifndef RF_FORK_FORK_H
#define RF_FORK_FORK_H

#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ringfork.h"

// Bounds of the tables, far above what a process is expected to have. Only the pages that are used
// take memory.
enum {
    RF_MOST_THREADS = 1 << 15,
    RF_MOST_TIDS = 1 << 22, // PID_MAX_LIMIT of the kernel
    RF_MOST_DESCRIPTORS = 1 << 17,
    RF_MOST_ENTRIES = 1 << 16,
    RF_MOST_REGIONS = 1 << 11,
    RF_TEXT_BYTES = 8 << 20, // the registrations of one epoll instance, a line each
    RF_NAME_BYTES = 16,      // of a thread, TASK_COMM_LEN of the kernel
    RF_NOBODY = -1
};

// The tables are mapped by rf_fork_tables, used by one thread at a time (whoever made rf_fork busy,
// or the forker for it), and copied to the child with everything else.
extern char *rf_text;
int rf_fork_tables(void);

// --- threads ---

struct rf_parked;

// A thread of the parent. parked is the address of what it says of itself once it stands, and an
// odd number while it is only asked to.
struct rf_thread {
    int tid;
    int new_tid; // in the child
    atomic_uintptr_t parked;
};

extern struct rf_thread *rf_threads;
extern int *rf_place_of_tid;

// The signal and the forker's own thread.
struct rf_forker {
    int signo;
    int tid;
    int *tid_address;
    void *robust_list;
    unsigned long robust_bytes;
    ptrdiff_t rseq_offset; // from the thread pointer
    unsigned rseq_bytes;   // 0 if threads have none
};

extern struct rf_forker rf_forker;

// Stops all threads but the forker: 0, or a negative error number with the thread to blame, and
// then none stands. Counts its attempts.
int rf_freeze(int limit_ms, int *culprit, int *attempts);

// Lets them go, or in the child those made again.
void rf_thaw(void);

// How many threads may be in rf_threads; those that do not stand have ended.
int rf_thread_count(void);
const struct rf_parked *rf_parked_of(const struct rf_thread *thread);

// Whether a thread of the parent stood, and then its name.
bool rf_name_of(int tid, char name[RF_NAME_BYTES]);

// In the child: makes the threads again, which then wait for rf_thaw.
int rf_threads_restore(struct rf_fork_result *result);

// In the child, when they have been: the number of a thread of the parent here, or 0.
int rf_new_tid(int tid);

// --- descriptors ---

enum rf_kind {
    RF_KIND_SHARED, // as after fork(2)
    RF_KIND_CLOSED,
    RF_KIND_SOCKET,
    RF_KIND_EPOLL,
    RF_KIND_EVENTFD,
    RF_KIND_PIPE_OUT, // the end to read from
    RF_KIND_PIPE_IN,
    RF_KIND_FILE,
    // From here on, what cannot be had in a child.
    RF_KIND_IO_URING,
    RF_KIND_INOTIFY,
    RF_KIND_FANOTIFY,
    RF_KIND_TIMERFD,
    RF_KIND_SIGNALFD,
    RF_KIND_PERF_EVENT,
    RF_KIND_BPF,
    RF_KIND_UNKNOWN
};

struct rf_descriptor {
    int fd;
    enum rf_kind kind;
    int same;       // the place of the first descriptor of the same open file
    int next;       // see rf_first_alike
    int spare;      // pipes: the same end of the new pipe, if that had to be filled
    int status;     // flags of the open file
    bool pipe;      // an end of one, of whatever kind
    bool semaphore; // eventfds
    // The same for all descriptors of an open file: the inode of files and pipes, the number that an
    // eventfd has in /proc, 0 if there is none. Of what is never compared, the descriptor.
    unsigned long identity;
    unsigned long device;     // files
    unsigned long long value; // the count of an eventfd, the offset of a file, the room of a pipe
};

extern struct rf_descriptor *rf_descriptors;
extern int rf_descriptor_count;

static inline bool rf_kind_refused(enum rf_kind kind)
{
    return kind >= RF_KIND_IO_URING;
}

// Lists the descriptors with their kinds. With the threads stopped also what is in them, for what
// is to be made again.
int rf_descriptors_list(void);
int rf_descriptors_read(const struct rf_fork_options *options, struct rf_fork_result *result);

// In the parent, after the copy: lets go of what was made for the child.
void rf_descriptors_forget(void);

// In the child.
int rf_descriptors_rebuild(struct rf_fork_result *result);

// The name that /proc has for a descriptor.
enum { RF_LINK_BYTES = 128 };
long rf_descriptor_name(int fd, char name[RF_LINK_BYTES]);

// The place of a descriptor, or RF_NOBODY.
int rf_place_of_fd(int fd);

// The first place of those that may have this identity; the others follow by next, to RF_NOBODY. Only
// when the descriptors have been read.
int rf_first_alike(unsigned long identity);

// Whether two descriptors are of the same open file: 0 if so, positive if not, or a negative error
// number where this may not be known.
long rf_compare_files(int fd, int other);

// Puts a new descriptor in the place of an old one and of all that are the same open file.
int rf_descriptor_replace(int place, int fresh);

// One file a kind.
int rf_epolls_read(int place, struct rf_fork_result *result);
int rf_epolls_rebuild(struct rf_fork_result *result);
void rf_epolls_begin(void);
int rf_eventfd_read(struct rf_descriptor *row);
int rf_eventfd_rebuild(int place);
int rf_pipes_read(struct rf_fork_result *result);
int rf_pipe_rebuild(int place);
void rf_pipes_forget(void);
int rf_file_read(struct rf_descriptor *row);
int rf_file_rebuild(int place, struct rf_fork_result *result);

// --- what keeps a thread's or the process's number ---

// Memory of a loaded library that is written to.
struct rf_region {
    uintptr_t start;
    size_t bytes;
    bool of_hotspot;
};

extern struct rf_region *rf_regions;
extern int rf_region_count;

// Finds the regions, by the C library.
void rf_regions_find(void);

// Reads memory that may not be there. rf_peek_open must have succeeded; in the child only.
int rf_peek_open(void);
void rf_peek_close(void);
bool rf_peek(uintptr_t address, void *into, size_t bytes);

// Shows every window of RF_WINDOW_BYTES of the regions, one word further each, to visit, and says
// how often that returned true. With only_hotspot the others are left out.
enum { RF_WINDOW_BYTES = 64 };
int rf_regions_scan(bool only_hotspot, bool (*visit)(uintptr_t address, const char *window));

int rf_locks_mend(void);

// Where the virtual machine keeps the number of a thread. Found by the C library and JNI.
struct rf_hotspot {
    bool found;
    unsigned long tls_module;
    size_t thread_in_tls;
    size_t os_thread_in_thread;
    size_t number_in_os_thread;
};

extern struct rf_hotspot rf_hotspot;
void rf_hotspot_find(void);
int rf_os_threads_mend(void);
bool rf_attach_listener_rebuild(int parent_pid);

// --- the forker ---

// The reasons but for the descriptors and the signal, and all of them; text is overwritten.
void rf_check_process(struct rf_fork_findings *findings);
void rf_check(struct rf_fork_findings *findings);

// A thread that has something that no thread of the child would have, or RF_NOBODY. As above.
int rf_find_other_credentials(void);

// The handler of the signal.
void rf_freeze_handler(int signo, siginfo_t *info, void *context);

// The forker's life: answers requests.
_Noreturn void rf_forker_run(void);
int rf_forker_ask(const struct rf_fork_options *options, struct rf_fork_result *result);

#endif
