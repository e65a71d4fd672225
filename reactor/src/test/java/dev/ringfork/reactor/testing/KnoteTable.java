// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.testing;

import static dev.ringfork.bindings.abi.EpollConstants.EPOLLET;
import static dev.ringfork.bindings.abi.EpollConstants.EPOLLIN;
import static dev.ringfork.bindings.abi.EpollConstants.EPOLLOUT;
import static dev.ringfork.bindings.abi.EpollConstants.EPOLLRDHUP;
import static dev.ringfork.bindings.abi.EpollConstants.EPOLL_CTL_ADD;
import static dev.ringfork.bindings.abi.EpollConstants.EPOLL_CTL_DEL;
import static dev.ringfork.bindings.abi.PollConstants.POLLERR;
import static dev.ringfork.bindings.abi.PollConstants.POLLHUP;
import static dev.ringfork.bindings.abi.PollConstants.POLLIN;
import static dev.ringfork.bindings.abi.PollConstants.POLLNVAL;
import static dev.ringfork.bindings.abi.PollConstants.POLLOUT;
import static dev.ringfork.bindings.abi.PollConstants.POLLRDHUP;
import static dev.ringfork.bindings.abi.SocketConstants.SOL_SOCKET;
import static dev.ringfork.bindings.abi.SocketConstants.SO_ACCEPTCONN;
import static dev.ringfork.bindings.abi.SocketConstants.SO_TYPE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.Syscalls;
import dev.ringfork.bindings.abi.Fcntl;
import dev.ringfork.bindings.abi.Layouts;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The knotes of one kqueue of the model, and how Linux tells of them. Every method holds its lock;
 * none waits.
 */
final class KnoteTable {
    private static final int EDGES = 512;
    private static final long EDGE_BYTES = Layouts.current().size("epoll_event");
    private static final int DATA = Layouts.current().offset("epoll_event", "data");

    private final Syscalls syscalls = Syscalls.get();
    private final int readEdges;
    private final int writeEdges;
    private final Map<Long, Knote> knotes = new LinkedHashMap<>();
    private final Arena arena = Arena.ofShared();
    private final MemorySegment edges = arena.allocate(EDGES * EDGE_BYTES, 8);
    private final MemorySegment edge = arena.allocate(EDGE_BYTES, 8);
    private final MemorySegment one = arena.allocate(8, 8);
    private final MemorySegment both = arena.allocate(16, 8);

    KnoteTable(int readEdges, int writeEdges) {
        this.readEdges = readEdges;
        this.writeEdges = writeEdges;
        both.setAtIndex(JAVA_INT, 0, readEdges);
        both.setAtIndex(JAVA_INT, 1, POLLIN);
        both.setAtIndex(JAVA_INT, 2, writeEdges);
        both.setAtIndex(JAVA_INT, 3, POLLIN);
    }

    /** Two pollfds, readable when there are edges to drain. */
    long pollfds() {
        return both.address();
    }

    private static long key(int fd, int filter) {
        return (long) fd << 32 | (filter & 0xffff_ffffL);
    }

    synchronized @Nullable Knote find(int fd, int filter) {
        return knotes.get(key(fd, filter));
    }

    /** Returns 0 or {@code -errno}. */
    synchronized int attach(Knote knote) {
        boolean reading = knote.filter == XnuKqueue.EVFILT_READ;
        int watched = reading ? EPOLLIN | EPOLLRDHUP : EPOLLOUT;
        edge.set(JAVA_INT_UNALIGNED, 0, watched | EPOLLET);
        edge.set(JAVA_LONG_UNALIGNED, DATA, knote.fd);
        int result = control(EPOLL_CTL_ADD, knote);
        if (result == 0) {
            knote.socket = option(knote.fd, SO_TYPE) > 0;
            knote.listener = option(knote.fd, SO_ACCEPTCONN) > 0;
            int mode = syscalls.descriptors().fcntl(knote.fd, Fcntl.F_GETFL, 0);
            knote.reads = (mode & Fcntl.O_ACCMODE) == Fcntl.O_RDONLY;
            knotes.put(key(knote.fd, knote.filter), knote);
        }
        return result;
    }

    /** A socket's option, or {@code -errno}. */
    private int option(int fd, int name) {
        MemorySegment length = one.asSlice(Integer.BYTES);
        length.set(JAVA_INT, 0, Integer.BYTES);
        int result = syscalls.sockets().getsockopt(fd, SOL_SOCKET, name, one, length);
        return result < 0 ? result : one.get(JAVA_INT, 0);
    }

    private int control(int op, Knote knote) {
        int epfd = knote.filter == XnuKqueue.EVFILT_READ ? readEdges : writeEdges;
        return syscalls.epoll().epoll_ctl(epfd, op, knote.fd, edge.address());
    }

    synchronized void drop(Knote knote) {
        if (knotes.remove(key(knote.fd, knote.filter), knote)) {
            // It fails where the descriptor was closed behind the model's back.
            control(EPOLL_CTL_DEL, knote);
        }
    }

    synchronized void dropAll(int fd) {
        for (int filter : new int[] {XnuKqueue.EVFILT_READ, XnuKqueue.EVFILT_WRITE}) {
            Knote knote = find(fd, filter);
            if (knote != null) {
                drop(knote);
            }
        }
    }

    synchronized void activate(int fd, int filter) {
        Knote knote = find(fd, filter);
        if (knote != null) {
            knote.active = true;
        }
    }

    synchronized void toTheEnd(Knote knote) {
        if (knotes.remove(key(knote.fd, knote.filter), knote)) {
            knotes.put(key(knote.fd, knote.filter), knote);
        }
    }

    /** Activates what has seen an edge. */
    synchronized void drain() {
        drain(readEdges, XnuKqueue.EVFILT_READ);
        drain(writeEdges, XnuKqueue.EVFILT_WRITE);
    }

    private void drain(int epfd, int filter) {
        int n;
        do {
            n = syscalls.epoll().epoll_wait(epfd, edges.address(), EDGES, 0);
            for (int i = 0; i < n; i++) {
                long fd = edges.get(JAVA_LONG_UNALIGNED, i * EDGE_BYTES + DATA);
                activate((int) fd, filter);
            }
        } while (n == EDGES || n == -Errno.EINTR);
    }

    synchronized List<Knote> active() {
        return knotes.values().stream().filter(each -> each.active && !each.disabled).toList();
    }

    /** Asks the filter: whether it would fire now; sets the end and the error it would tell. */
    synchronized boolean look(Knote knote, boolean sendShut) {
        one.set(JAVA_INT, 0, knote.fd);
        one.set(JAVA_INT, 4, POLLIN | POLLOUT | POLLRDHUP);
        syscalls.polling().poll(one.address(), 1, 0);
        int revents = one.get(JAVA_SHORT, 6);
        if ((revents & POLLNVAL) != 0) {
            drop(knote);
            return false;
        }
        boolean reading = knote.filter == XnuKqueue.EVFILT_READ;
        int wanted = reading ? POLLIN : POLLOUT;
        if (knote.listener) {
            return reading && (revents & POLLIN) != 0;
        }
        if (!knote.socket) {
            // A pipe, whose filters have no error; the one of the other direction tells the end.
            knote.eof = (revents & (knote.reads ? POLLHUP : POLLERR)) != 0;
            return knote.eof || (reading == knote.reads && (revents & wanted) != 0);
        }
        int ends = POLLHUP | POLLERR | (reading ? POLLRDHUP : 0);
        knote.eof = (revents & ends) != 0 || (!reading && sendShut);
        knote.fflags = knote.eof && (revents & POLLERR) != 0 ? Errno.ECONNRESET : 0;
        return knote.eof || (revents & wanted) != 0;
    }

    synchronized void close() {
        syscalls.descriptors().close(writeEdges);
        arena.close();
    }
}
