// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings.faults;

import dev.ringfork.bindings.Mappings;

/** Calls about mapped memory, some of which fail. */
final class FaultyMappings implements Mappings {

    private final Mappings real;
    private final FaultPlan plan;

    FaultyMappings(Mappings real, FaultPlan plan) {
        this.real = real;
        this.plan = plan;
    }

    @Override
    public long mmap(long address, long length, int protection, int flags, int fd, long offset) {
        int fault = plan.fault("mmap");
        return fault < 0 ? fault : real.mmap(address, length, protection, flags, fd, offset);
    }

    @Override
    public int munmap(long address, long length) {
        int fault = plan.fault("munmap");
        return fault < 0 ? fault : real.munmap(address, length);
    }

    @Override
    public int mprotect(long address, long length, int protection) {
        int fault = plan.fault("mprotect");
        return fault < 0 ? fault : real.mprotect(address, length, protection);
    }

    @Override
    public int madvise(long address, long length, int advice) {
        int fault = plan.fault("madvise");
        return fault < 0 ? fault : real.madvise(address, length, advice);
    }
}
