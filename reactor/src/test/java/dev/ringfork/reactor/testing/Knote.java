// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.testing;

/** One filter of one descriptor in the model of a kqueue. */
final class Knote {
    /** What a change may set for good when it attaches a filter. */
    private static final int KEPT =
            XnuKqueue.EV_CLEAR
                    | XnuKqueue.EV_DISPATCH
                    | XnuKqueue.EV_ONESHOT
                    | XnuKqueue.EV_RECEIPT;

    final int fd;
    final int filter;
    final int flags;
    long udata;
    boolean disabled;
    boolean active;
    boolean eof;
    int fflags;

    /** What the descriptor is; for a pipe, whether it is the end that reads. */
    boolean socket;

    boolean listener;
    boolean reads;

    Knote(int fd, int filter, int flags) {
        this.fd = fd;
        this.filter = filter;
        this.flags = flags & KEPT;
    }
}
