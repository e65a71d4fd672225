// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings;

import java.lang.foreign.MemorySegment;

/**
 * Socket calls.
 *
 * <p>Each call returns its result or {@code -errno} and neither throws nor allocates. Safe for use
 * by many threads. Flags are those of {@link dev.ringfork.bindings.abi.SocketConstants}; where a
 * kernel lacks {@code SOCK_CLOEXEC}, {@code SOCK_NONBLOCK} or {@code MSG_CMSG_CLOEXEC} (macOS) the
 * provider does the same with fcntl, without the atomicity.
 */
public interface Sockets {

    /** Makes a socket, socket(2). */
    int socket(int domain, int type, int protocol);

    /**
     * Makes two connected sockets, socketpair(2).
     *
     * @param fds room for two ints
     */
    int socketpair(int domain, int type, int protocol, MemorySegment fds);

    /**
     * Names a socket, bind(2).
     *
     * @return 0, or {@code -EADDRINUSE}, {@code -EACCES} (port below 1024), {@code -EADDRNOTAVAIL}…
     */
    int bind(int fd, MemorySegment address, int length);

    /** Starts listening, listen(2). The kernel caps the backlog at somaxconn. */
    int listen(int fd, int backlog);

    /**
     * Accepts, accept4(2).
     *
     * @param address room for the peer's address, or 0
     * @param length the address of a 4-byte int: room before, length after; or 0
     * @param flags {@code SOCK_NONBLOCK}, {@code SOCK_CLOEXEC}; the accepted socket is blocking
     *     without the first, on every platform
     * @return the descriptor, or {@code -EAGAIN}, {@code -EINTR}, {@code -ECONNABORTED}, {@code
     *     -EMFILE}, {@code -ENFILE}, {@code -ENOBUFS}, {@code -ENOMEM}…
     */
    int accept4(int fd, long address, long length, int flags);

    /**
     * Connects, connect(2).
     *
     * @return 0, or {@code -EINPROGRESS}: wait until writable and read {@code SO_ERROR}; after
     *     {@code -EINTR} do the same, never call it again
     */
    int connect(int fd, MemorySegment address, int length);

    /** Closes one direction, shutdown(2), for every process that shares the socket. */
    int shutdown(int fd, int how);

    /** Sets an option, setsockopt(2). {@link SocketOption} is the typed form. */
    int setsockopt(int fd, int level, int option, MemorySegment value, int length);

    /**
     * Reads an option, getsockopt(2).
     *
     * @param length a 4-byte int: room before, length after
     */
    int getsockopt(int fd, int level, int option, MemorySegment value, MemorySegment length);

    /** The socket's own address, getsockname(2); {@code length} as in {@link #getsockopt}. */
    int getsockname(int fd, MemorySegment address, MemorySegment length);

    /** The peer's address, getpeername(2). {@code -ENOTCONN} when it has gone. */
    int getpeername(int fd, MemorySegment address, MemorySegment length);

    /** Sends, send(2). {@code MSG_NOSIGNAL} keeps a dead peer from raising SIGPIPE. */
    long send(int fd, long address, long count, int flags);

    /** Receives, recv(2). 0 when the peer has closed its direction. */
    long recv(int fd, long address, long count, int flags);

    /** Sends a datagram, sendto(2). */
    long sendto(int fd, long address, long count, int flags, MemorySegment to, int length);

    /**
     * Receives a datagram and its sender, recvfrom(2); {@code length} as in {@link #getsockopt}.
     */
    long recvfrom(
            int fd, long address, long count, int flags, MemorySegment from, MemorySegment length);

    /** Sends buffers and ancillary data, sendmsg(2). {@link Message} builds {@code msghdr}. */
    long sendmsg(int fd, MemorySegment msghdr, int flags);

    /** Receives buffers and ancillary data, recvmsg(2). */
    long recvmsg(int fd, MemorySegment msghdr, int flags);

    /**
     * Receives several datagrams, recvmmsg(2), without a time-out. {@link MessageBatch} builds the
     * structs, and does the same without this call where there is none.
     *
     * @param msgvec the address of {@code count} mmsghdr structs
     * @return how many came, or {@code -EAGAIN}, {@code -EINTR}, {@code -ECONNREFUSED} (what was
     *     sent before has found nobody), {@code -ENOSYS} where there is none (macOS)
     */
    int recvmmsg(int fd, long msgvec, int count, int flags);

    /**
     * Sends several datagrams, sendmmsg(2); see {@link #recvmmsg}.
     *
     * @return how many went, or the error of the first one
     */
    int sendmmsg(int fd, long msgvec, int count, int flags);
}
