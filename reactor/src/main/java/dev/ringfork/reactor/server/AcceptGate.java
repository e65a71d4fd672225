// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.server;

/**
 * What only one of several loops has at a time, in one process or in many: it waits for connections
 * and accepts them, while the others serve theirs.
 *
 * <p>A loop tries to get the gate before it waits. With it, the loop watches its listeners; without
 * it, it does not, and tries again when it has something to do, or after a delay. The gate is given
 * back as soon as what came is accepted, before anybody is served, by the thread that got it.
 *
 * <p>Safe for use by many threads, which exclude each other like processes do.
 */
public interface AcceptGate {

    /**
     * Tries to get the gate. Does not block.
     *
     * @return whether the caller has it now
     * @throws dev.ringfork.bindings.SyscallException if there is no such gate any more, which ends
     *     the loop
     */
    boolean tryAcquire();

    /** Gives the gate back, by the thread that got it. Does not block. */
    void release();
}
