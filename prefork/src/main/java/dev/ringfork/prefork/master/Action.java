// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.master;

import dev.ringfork.prefork.spawn.Order;

/** What a {@link Master} wants done, in the order of its list. Immutable. */
public sealed interface Action {

    /**
     * Start a worker; the answer is {@link Input.Spawned} or {@link Input.SpawnFailed}.
     *
     * @param id names the worker for as long as the master runs
     * @param slot its place among the workers, from 0; a successor has its predecessor's
     * @param generation how many times the workers were reloaded before it, and one
     */
    record Spawn(int id, int slot, int generation) implements Action {}

    /** Tell a worker something over its channel. */
    record Tell(int id, Order order) implements Action {}

    /** Send a worker a signal, {@code SIG…} of signal(7). */
    record Signal(int id, int signo) implements Action {}

    /** Say one line to the operator. */
    record Report(String line) implements Action {}

    /** Show the operator how the master and its workers are. */
    record ShowStatus() implements Action {}

    /** Open the master's own log files again. */
    record Reopen() implements Action {}

    /**
     * All workers of the start serve: take over what shows who the master is, and tell whoever
     * waits for it. Once.
     */
    record Announce() implements Action {}

    /** Let no client begin to connect from now on; those that have are served. */
    record Withdraw() implements Action {}

    /**
     * Close the listeners: workers that are left are the last to have them, and are told to finish,
     * or to end, next. Once.
     */
    record Release() implements Action {}

    /** Something about the new master of an upgrade. */
    sealed interface OfNewMaster extends Action {}

    /** Start it; the answer is {@link Input.MasterStarted} or {@link Input.MasterFailed}. */
    record StartMaster() implements OfNewMaster {}

    /** Send it a signal. */
    record SignalMaster(int signo) implements OfNewMaster {}

    /** It has taken over: leave it what both have. */
    record HandOver(int pid) implements OfNewMaster {}

    /** It is gone and has not taken over: take back what it may have taken. */
    record GoOn() implements OfNewMaster {}

    /** End with an exit code: no worker is left. The last action of all. */
    record Exit(int code) implements Action {}
}
