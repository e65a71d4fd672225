// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings;

/**
 * Calls about mapped memory.
 *
 * <p>Each call returns its result or {@code -errno} and neither throws nor allocates. Safe for use
 * by many threads; unmapping memory that another thread reads ends the JVM.
 */
public interface Mappings {

    /**
     * Maps memory, mmap(2).
     *
     * @param address where, or 0 for anywhere
     * @param fd the file, or -1 with {@code MAP_ANONYMOUS}
     * @return the address, or {@code -ENOMEM}, {@code -EACCES}… (in [-4095, -1])
     */
    long mmap(long address, long length, int protection, int flags, int fd, long offset);

    /** Unmaps, munmap(2). */
    int munmap(long address, long length);

    /** Changes access, mprotect(2). */
    int mprotect(long address, long length, int protection);

    /** Advises, madvise(2). */
    int madvise(long address, long length, int advice);
}
