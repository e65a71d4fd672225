// SPDX-License-Identifier: Apache-2.0
//
// The socket by which jcmd(1) talks to a virtual machine; see bare.h for what may be used here.
//
// Once somebody has talked to the parent, the machine listens at /tmp/.java_pid and its number.
// Shared, the socket would be answered by any of the processes, and removed by the first to end.
// The child gets its own, and HotSpot's copy of the name is rewritten, by which it removes it.
#include "fork/bare/bare.h"
#include "fork/fork.h"

#include <sys/socket.h>
#include <sys/un.h>

#define ATTACH_NAME "/tmp/.java_pid"

enum { BACKLOG = 5, NAME_BYTES = 32, OWNER_ONLY = 0600 };

static char former[NAME_BYTES];
static char own[NAME_BYTES];

static bool is_same(const char *text, const char *other)
{
    while (*text != '\0' && *text == *other) {
        text++;
        other++;
    }
    return *text == *other;
}

static bool is_attach_listener(const struct rf_descriptor *row)
{
    struct sockaddr_un name;
    unsigned length = sizeof name;
    int listening = 0;
    unsigned bytes = sizeof listening;

    return row->kind == RF_KIND_SOCKET
           && arch_syscall5(SYS_getsockopt, row->fd, SOL_SOCKET, SO_ACCEPTCONN, (long)&listening,
                            (long)&bytes)
                  == 0
           && listening != 0
           && arch_syscall3(SYS_getsockname, row->fd, (long)&name, (long)&length) == 0
           && name.sun_family == AF_UNIX && length > sizeof name.sun_family
           && bare_starts(name.sun_path, ATTACH_NAME);
}

// Listens under another name first, so that nobody finds it before it is ready.
static long listen_as(const char *path)
{
    struct sockaddr_un name = {.sun_family = AF_UNIX};
    long fd = arch_syscall3(SYS_socket, AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (fd < 0) {
        return fd;
    }
    bare_put(bare_put(name.sun_path, path), ".tmp");
    arch_syscall3(SYS_unlinkat, AT_FDCWD, (long)name.sun_path, 0);
    long error = arch_syscall3(SYS_bind, fd, (long)&name, sizeof name);
    if (error == 0) {
        error = arch_syscall3(SYS_fchmodat, AT_FDCWD, (long)name.sun_path, OWNER_ONLY);
    }
    if (error == 0) {
        error = arch_syscall2(SYS_listen, fd, BACKLOG);
    }
    if (error == 0) {
        error = arch_syscall5(SYS_renameat2, AT_FDCWD, (long)name.sun_path, AT_FDCWD, (long)path,
                              0);
    }
    if (error != 0) {
        bare_close(fd);
    }
    return error != 0 ? error : fd;
}

static bool rename_in(uintptr_t address, const char *window)
{
    // Windows begin at every word, the name need not.
    for (size_t i = 0; i < sizeof(long); i++) {
        if (window[i] == '/' && is_same(window + i, former)) {
            bare_put((char *)address + i, own);
            return true;
        }
    }
    return false;
}

bool rf_attach_listener_rebuild(int parent_pid)
{
    int place = 0;

    if (!rf_hotspot.found) {
        return false;
    }
    while (place < rf_descriptor_count && !is_attach_listener(&rf_descriptors[place])) {
        place++;
    }
    if (place == rf_descriptor_count) {
        return false;
    }
    bare_put_number(bare_put(former, ATTACH_NAME), parent_pid);
    bare_put_number(bare_put(own, ATTACH_NAME), bare_pid());
    long fd = listen_as(own);
    return fd >= 0 && rf_descriptor_replace(place, (int)fd) == 0
           && rf_regions_scan(true, rename_in) > 0;
}
