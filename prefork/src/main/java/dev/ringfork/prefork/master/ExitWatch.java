// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.master;

import dev.ringfork.bindings.Platform;
import dev.ringfork.bindings.Syscalls;
import dev.ringfork.reactor.Reactor;

/** Tells a loop when a child has ended. Confined to the loop's thread. */
interface ExitWatch extends AutoCloseable {

    /** The way of this platform. */
    static ExitWatch open(Syscalls syscalls, Reactor reactor) {
        return Platform.current().linux()
                ? new PidfdExits(syscalls, reactor)
                : new KqueueExits(syscalls, reactor);
    }

    /**
     * Watches a child that was not reaped.
     *
     * @param ended called when it can be reaped, once
     * @throws dev.ringfork.bindings.SyscallException if there is no descriptor for it
     */
    void watch(int pid, Runnable ended);

    @Override
    void close();
}
