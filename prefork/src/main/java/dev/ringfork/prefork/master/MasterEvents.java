// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.master;

import dev.ringfork.bindings.WaitStatus;

/** What a {@link MasterLoop} tells of; called on its thread, and must not block for long. */
public interface MasterEvents {

    /**
     * A worker is about to be started.
     *
     * @throws RuntimeException if it is not to be: that counts as a start that failed
     */
    void spawning(int slot, int generation);

    /** A worker accepts connections. */
    void ready(int slot, int generation, int pid);

    /** A worker was reaped. */
    void exited(int slot, int generation, int pid, WaitStatus status);

    /** The log files are to be opened again. */
    void reopen();

    /**
     * The workers are about to be replaced.
     *
     * @throws RuntimeException if the configuration is bad: the message is reported and all stays
     *     as it was
     */
    void reload();

    /**
     * A new master is about to be started.
     *
     * @throws RuntimeException if it is not to be: the message is reported and all stays as it was
     */
    void upgrade();

    /**
     * All workers of the start serve: the place to take over what shows who the master is. The
     * master before this one may go on all the same, and take it back.
     *
     * @throws RuntimeException if that cannot be done: this one ends
     */
    void serving();

    /** A new master has taken over; this one drains. */
    void succeeded(int pid);

    /** A new master has not taken over and is gone. */
    void backedOut();

    /** Something was carried out; {@link MasterView#state} may be another. */
    default void changed(MasterView master) {}

    /** An operator wants to see how all are. */
    void status(MasterState state);

    /** One line for the operator. */
    void report(String line);
}
