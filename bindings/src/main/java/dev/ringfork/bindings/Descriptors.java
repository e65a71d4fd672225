// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings;

import java.lang.foreign.MemorySegment;

/**
 * Calls on any descriptor: files, pipes, sockets, events.
 *
 * <p>Each call returns its result or {@code -errno} and neither throws nor allocates. Addresses are
 * of native memory that the caller keeps alive until the call returns. Safe for use by many
 * threads; what two threads do to one descriptor is ordered as the kernel orders it.
 */
public interface Descriptors {

    /**
     * Opens a file, open(2). Pass {@code O_CLOEXEC}: nothing is added to the flags.
     *
     * @param path the NUL-terminated path
     * @param flags {@code O_…} of {@link dev.ringfork.bindings.abi.Fcntl}
     * @param mode permission bits of a file that is created, before the umask
     * @return the descriptor, or {@code -ENOENT}, {@code -EACCES}, {@code -EMFILE}, {@code
     *     -ENFILE}…
     */
    int open(MemorySegment path, int flags, int mode);

    /**
     * Reads, read(2). Blocks unless the descriptor is non-blocking.
     *
     * @return the bytes read, 0 at the end, or {@code -EAGAIN}, {@code -EINTR}, {@code
     *     -ECONNRESET}…
     */
    long read(int fd, long address, long count);

    /**
     * Writes, write(2). May write less than asked. Blocks unless the descriptor is non-blocking.
     *
     * @return the bytes written, or {@code -EAGAIN}, {@code -EINTR}, {@code -EPIPE}…
     */
    long write(int fd, long address, long count);

    /**
     * Scatter read, readv(2).
     *
     * @param iov the address of {@code iovcnt} iovec structs: address and length, 8 bytes each
     */
    long readv(int fd, long iov, int iovcnt);

    /** Gather write, writev(2). See {@link #readv} for the layout of {@code iov}. */
    long writev(int fd, long iov, int iovcnt);

    /** Reads at a file position without moving it, pread(2). */
    long pread(int fd, long address, long count, long offset);

    /** Writes at a file position without moving it, pwrite(2). */
    long pwrite(int fd, long address, long count, long offset);

    /**
     * Closes, close(2). The descriptor is gone whatever is returned: never repeat it, not on {@code
     * -EINTR} either.
     */
    int close(int fd);

    /**
     * Duplicates, dup(2). The copy is inherited over exec; {@code F_DUPFD_CLOEXEC} makes one that
     * is not.
     */
    int dup(int fd);

    /**
     * Duplicates to a number, dup2(2), which is closed first if it is open; the copy is inherited
     * over exec.
     *
     * @return the number, or {@code -EBADF}
     */
    int dup2(int fd, int newFd);

    /** Changes the owner of an open file, fchown(2); -1 leaves the user or the group. */
    int fchown(int fd, int user, int group);

    /**
     * Controls a descriptor, fcntl(2). A lock of {@code F_SETLK} belongs to the process, and is
     * gone when that closes any descriptor of the file.
     *
     * @param argument an int, or an address, as the command wants; 0 for none
     */
    int fcntl(int fd, int command, long argument);

    /**
     * Locks a file as a whole, or gives the lock back, flock(2). The lock belongs to the open file,
     * not to the descriptor or the process: a duplicate and an inherited descriptor share it, and
     * it is gone when the last of them is closed.
     *
     * @param operation {@code LOCK_SH}, {@code LOCK_EX} or {@code LOCK_UN}; blocks without {@code
     *     LOCK_NB}
     * @return 0, or {@code -EWOULDBLOCK} where another open file has the lock, {@code -EINTR}…
     */
    int flock(int fd, int operation);

    /** Controls a device, ioctl(2), {@code FIONREAD} and {@code FIONBIO} for instance. */
    int ioctl(int fd, long request, long argument);

    /**
     * Makes a pipe, pipe2(2). Where the kernel lacks it (macOS) pipe and fcntl stand in, without
     * its atomicity.
     *
     * @param fds two ints: the read end, the write end
     * @param flags {@code O_CLOEXEC}, {@code O_NONBLOCK}
     */
    int pipe2(MemorySegment fds, int flags);

    /**
     * Makes an event counter, eventfd(2).
     *
     * @return the descriptor, or {@code -ENOSYS} where there is none (macOS: use a pipe or
     *     EVFILT_USER)
     */
    int eventfd(int initial, int flags);

    /** Moves the file position, lseek(2). */
    long lseek(int fd, long offset, int whence);

    /**
     * Describes an open file, fstat(2).
     *
     * @param stat room for a {@code struct stat} of this platform
     */
    int fstat(int fd, MemorySegment stat);

    /** Changes a file's size, ftruncate(2). */
    int ftruncate(int fd, long length);

    /** Removes a name, unlink(2). */
    int unlink(MemorySegment path);

    /**
     * Copies from a file to a socket inside the kernel, sendfile(2).
     *
     * @param offset the address of an 8-byte file position, advanced by what was sent, also when
     *     the call is interrupted half-way
     * @return the bytes sent, 0 at the end of the file, or {@code -EAGAIN} when nothing could be
     *     sent
     */
    long sendfile(int socket, int file, long offset, long count);

    /**
     * Moves bytes between a pipe and a descriptor, splice(2).
     *
     * @param offsetIn the address of an 8-byte position, or 0 for a pipe or socket
     * @param offsetOut the same for the other side
     * @return the bytes moved, or {@code -ENOSYS} where there is none (macOS)
     */
    long splice(int fdIn, long offsetIn, int fdOut, long offsetOut, long count, int flags);
}
