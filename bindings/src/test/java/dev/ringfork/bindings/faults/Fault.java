// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings.faults;

import dev.ringfork.bindings.Errno;
import java.util.List;
import java.util.Set;

/**
 * A kind of trouble that a kernel can make, for {@link FaultInjectingSyscalls#randomly}.
 *
 * <p>All but two are what a kernel may do at any call whatever the state of the descriptor, so code
 * must cope with them under every trigger. {@link #SHORT_READ} and {@link #NOT_READY} say of
 * themselves where they are lies.
 */
@SuppressWarnings("ImmutableEnumChecker") // List.of and Set.of make immutable collections.
public enum Fault {
    /**
     * {@code EINTR}, from calls that may wait. A connect that reports it goes on in the background.
     */
    INTERRUPT(
            List.of(Errno.EINTR),
            Set.of(
                    "read",
                    "write",
                    "readv",
                    "writev",
                    "recv",
                    "send",
                    "recvfrom",
                    "sendto",
                    "recvmsg",
                    "sendmsg",
                    "recvmmsg",
                    "sendmmsg",
                    "accept4",
                    "connect",
                    "poll",
                    "select",
                    "epoll_wait",
                    "kevent",
                    "waitpid",
                    "waitid",
                    "open",
                    "close")),

    /** A write that takes less than it was given. */
    SHORT_WRITE(
            List.of(), Set.of("write", "send", "sendto", "writev", "pwrite", "sendfile", "splice")),

    /**
     * A read that gives less than there is. Legal for a stream, but a kernel does it to a stream
     * that is ready only when the stream is then empty: a reader under edge trigger that takes a
     * short read for the end (as nginx does where hang-ups are reported) waits for ever after an
     * injected one. Leave it out for such a reader, or let it read on until {@code EAGAIN}. On
     * datagram sockets it cuts the datagram.
     */
    SHORT_READ(List.of(), Set.of("read", "recv", "recvfrom", "readv", "pread")),

    /**
     * {@code EAGAIN} from a descriptor that is ready. A kernel never does it to an edge-triggered
     * descriptor without another edge to come: the wake-up would be lost. Legal only where the code
     * asks again: level trigger, one-shot re-armed, poll, select.
     */
    NOT_READY(
            List.of(Errno.EAGAIN),
            Set.of(
                    "read",
                    "write",
                    "readv",
                    "writev",
                    "recv",
                    "send",
                    "recvfrom",
                    "sendto",
                    "recvmsg",
                    "sendmsg",
                    "recvmmsg",
                    "sendmmsg",
                    "accept4",
                    "sendfile",
                    "splice")),

    /** {@code EMFILE} and {@code ENFILE}, from calls that make descriptors. */
    DESCRIPTORS_EXHAUSTED(
            List.of(Errno.EMFILE, Errno.ENFILE),
            Set.of(
                    "open",
                    "dup",
                    "pipe2",
                    "eventfd",
                    "socket",
                    "socketpair",
                    "accept4",
                    "epoll_create1",
                    "kqueue",
                    "pidfd_open")),

    /** {@code ECONNABORTED}: the peer reset the connection while it was in the backlog. */
    CONNECTION_ABORTED(List.of(Errno.ECONNABORTED), Set.of("accept4")),

    /** {@code ENOBUFS} and {@code ENOMEM}. */
    MEMORY_EXHAUSTED(
            List.of(Errno.ENOBUFS, Errno.ENOMEM),
            Set.of(
                    "accept4",
                    "socket",
                    "send",
                    "sendto",
                    "sendmsg",
                    "sendmmsg",
                    "epoll_ctl",
                    "mmap"));

    final List<Integer> errnos;
    final Set<String> calls;

    Fault(List<Integer> errnos, Set<String> calls) {
        this.errnos = errnos;
        this.calls = calls;
    }
}
