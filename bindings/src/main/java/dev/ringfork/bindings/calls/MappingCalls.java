// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings.calls;

import dev.ringfork.bindings.Mappings;

/**
 * Calls about mapped memory. All take the lock of the address space, which a page fault may hold.
 */
final class MappingCalls implements Mappings {

    static final MappingCalls INSTANCE = new MappingCalls();

    private static final Call MMAP = Prototype.plain("mmap").wide().link();
    private static final Call MUNMAP = Prototype.plain("munmap").link();
    private static final Call MPROTECT = Prototype.plain("mprotect").link();
    private static final Call MADVISE = Prototype.plain("madvise").link();

    private MappingCalls() {}

    @Override
    public long mmap(long address, long length, int protection, int flags, int fd, long offset) {
        return MMAP.call(address, length, protection, flags, fd, offset);
    }

    @Override
    public int munmap(long address, long length) {
        return (int) MUNMAP.call(address, length);
    }

    @Override
    public int mprotect(long address, long length, int protection) {
        return (int) MPROTECT.call(address, length, protection);
    }

    @Override
    public int madvise(long address, long length, int advice) {
        return (int) MADVISE.call(address, length, advice);
    }
}
