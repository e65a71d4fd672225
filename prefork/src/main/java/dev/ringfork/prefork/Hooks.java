// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork;

import dev.ringfork.bindings.Address;
import dev.ringfork.bindings.WaitStatus;
import java.util.List;

/**
 * What a program does of its own at the turns of its workers' lives. Every method does nothing
 * unless it is overridden. Those for the master are called on its loop's thread and must not block
 * for long.
 */
public interface Hooks {
    /** Hooks that do nothing. */
    Hooks NONE = new Hooks() {};

    /** In the master: the listeners are bound, the first workers are about to be started. */
    default void masterStarted(List<Address> addresses) {}

    /**
     * In the master: a worker is about to be started.
     *
     * @throws RuntimeException if it is not to be: that counts as a start that failed
     */
    default void beforeFork(int slot, int generation) {}

    /**
     * In a template, the process that workers are forked from by {@link Spawn#WARM}: the place to
     * load and to run what all of them will need. What is open when this returns, all of them
     * share.
     *
     * @throws RuntimeException if it cannot be: the template ends, and there is no worker
     */
    default void warmUp() {}

    /**
     * In the worker: it is about to begin to serve; the place to open what each worker has of its
     * own.
     *
     * @throws RuntimeException if it cannot serve: the worker ends, and counts as a start that
     *     failed
     */
    default void afterFork(Worker worker) {}

    /**
     * In a worker that has finished, and that others will be forked from: the place to close what
     * it has of its own, for what is open when this returns, all of them share.
     */
    default void promoted(Worker worker) {}

    /** In the master: a worker accepts connections. */
    default void workerReady(int slot, int generation, int pid) {}

    /** In the master: a worker has ended. */
    default void workerExit(int slot, int generation, int pid, WaitStatus status) {}

    /**
     * In the master: the workers are about to be replaced; the place to look at the configuration.
     *
     * @throws RuntimeException if it is bad: the message is reported and all stays as it was
     */
    default void beforeReload() {}

    /**
     * In the worker: the whole server, not only this worker, is about to drain; the place to have
     * balancers send nothing more. Called on the worker's own thread beside its server.
     */
    default void leaving() {}

    /**
     * In the master: all workers of the start accept, and if this master takes another one's place,
     * it has its pid file and control socket. The other one drains when this returns, unless it has
     * waited for too long.
     */
    default void masterServing() {}

    /**
     * In the master: a new master is about to be started in its place; the place to look at what
     * that one will find.
     *
     * @throws RuntimeException if it would not do: the message is reported and all stays as it was
     */
    default void beforeUpgrade() {}

    /** In the master: a new master has taken its place, and this one drains. */
    default void upgraded(int newMasterPid) {}

    /** In the master and in each worker: open log files again. */
    default void reopen() {}
}
