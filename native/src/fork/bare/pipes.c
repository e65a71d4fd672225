// SPDX-License-Identifier: Apache-2.0
//
// Pipes that have both ends in this process, by which its threads wake one another; see bare.h for
// what may be used here.
//
// A pipe with one end elsewhere is shared, and so is one of which the caller wants an end kept or
// closed in the child: it is meant to lead from one process to the other.
#include "fork/bare/bare.h"
#include "fork/fork.h"

#include <sys/ioctl.h>

enum {
    STATUS_KEPT = O_NONBLOCK | O_DIRECT,
    SPLICE_NONBLOCKING = 2 // SPLICE_F_NONBLOCK
};

static int other_end(const struct rf_descriptor *row)
{
    enum rf_kind kind = row->kind == RF_KIND_PIPE_OUT ? RF_KIND_PIPE_IN : RF_KIND_PIPE_OUT;

    for (int i = rf_first_alike(row->identity); i != RF_NOBODY; i = rf_descriptors[i].next) {
        const struct rf_descriptor *other = &rf_descriptors[i];
        if (other->kind == kind && other->same == i && other->identity == row->identity) {
            return i;
        }
    }
    return RF_NOBODY;
}

// Whether an end of it is the caller's or a standard descriptor.
static bool is_claimed(unsigned long pipe)
{
    for (int i = rf_first_alike(pipe); i != RF_NOBODY; i = rf_descriptors[i].next) {
        const struct rf_descriptor *row = &rf_descriptors[i];
        if (row->pipe && row->identity == pipe
            && (row->kind == RF_KIND_SHARED || row->kind == RF_KIND_CLOSED)) {
            return true;
        }
    }
    return false;
}

static void share_pipe(unsigned long pipe)
{
    for (int i = rf_first_alike(pipe); i != RF_NOBODY; i = rf_descriptors[i].next) {
        struct rf_descriptor *row = &rf_descriptors[i];
        if ((row->kind == RF_KIND_PIPE_OUT || row->kind == RF_KIND_PIPE_IN)
            && row->identity == pipe) {
            row->kind = RF_KIND_SHARED;
            row->same = i;
        }
    }
}

static int content(int fd)
{
    int bytes = 0;

    arch_syscall3(SYS_ioctl, fd, FIONREAD, (long)&bytes);
    return bytes;
}

static int make_pipe(const struct rf_descriptor *out, int ends[2])
{
    long error = arch_syscall2(SYS_pipe2, (long)ends, O_CLOEXEC);

    if (error == 0) {
        // It fails for who has too many pipes; one with less room will do unless it is full.
        bare_fcntl(ends[1], F_SETPIPE_SZ, (long)out->value);
    }
    return (int)error;
}

// What is in the pipe is in the new one too: its pages are, and the parent's stay where they are.
static int copy_content(struct rf_descriptor *out, struct rf_descriptor *in)
{
    int ends[2];
    int bytes = content(out->fd);
    int error = make_pipe(out, ends);

    if (error != 0) {
        return error;
    }
    out->spare = ends[0];
    in->spare = ends[1];
    arch_syscall4(SYS_tee, out->fd, ends[1], bytes, SPLICE_NONBLOCKING);
    return content(ends[0]) == bytes ? 0 : -ENOBUFS;
}

int rf_pipes_read(struct rf_fork_result *result)
{
    for (int i = 0; i < rf_descriptor_count; i++) {
        struct rf_descriptor *row = &rf_descriptors[i];
        if ((row->kind != RF_KIND_PIPE_OUT && row->kind != RF_KIND_PIPE_IN) || row->same != i) {
            continue;
        }
        int other = other_end(row);
        if (other == RF_NOBODY || is_claimed(row->identity)) {
            share_pipe(row->identity);
        } else if (row->kind == RF_KIND_PIPE_OUT) {
            row->value = (unsigned long long)bare_fcntl(row->fd, F_GETPIPE_SZ, 0);
            int error = content(row->fd) == 0 ? 0 : copy_content(row, &rf_descriptors[other]);
            if (error != 0) {
                result->culprit = row->fd;
                return error;
            }
        }
    }
    return 0;
}

void rf_pipes_forget(void)
{
    for (int i = 0; i < rf_descriptor_count; i++) {
        if (rf_descriptors[i].spare != RF_NOBODY) {
            bare_close(rf_descriptors[i].spare);
            rf_descriptors[i].spare = RF_NOBODY;
        }
    }
}

int rf_pipe_rebuild(int place)
{
    const struct rf_descriptor *out = &rf_descriptors[place];
    int other = other_end(out);
    const struct rf_descriptor *in = &rf_descriptors[other];
    int ends[2] = {out->spare, in->spare};
    int error = out->spare == RF_NOBODY ? make_pipe(out, ends) : 0;

    if (error != 0) {
        return error;
    }
    bare_fcntl(ends[0], F_SETFL, out->status & STATUS_KEPT);
    bare_fcntl(ends[1], F_SETFL, in->status & STATUS_KEPT);
    error = rf_descriptor_replace(place, ends[0]);
    int second = rf_descriptor_replace(other, ends[1]);
    return error != 0 ? error : second;
}
