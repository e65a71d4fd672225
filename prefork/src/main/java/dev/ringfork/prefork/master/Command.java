// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.master;

/** What an operator asks of the master, by a signal for instance. */
public enum Command {
    /** Let the workers finish, then end; asked a second time it is {@link #STOP}. */
    DRAIN,
    /** End now; asked a second time the workers are killed. */
    STOP,
    /** Replace all workers, one after the other. */
    RELOAD,
    /** Have a worker that has served become what all others are forked from. */
    REFORK,
    /** Start a new master, which takes this one's place when its workers serve. */
    UPGRADE,
    /** Open the log files again. */
    REOPEN,
    /** Have each worker write what its threads do, where it writes what it says. */
    DUMP,
    /** Let the workers finish, and keep the listeners. */
    VACATE,
    /** One worker more. */
    MORE,
    /** One worker fewer; one stays. */
    FEWER,
    /** As many workers as the number that goes with it. */
    RESIZE,
    /** Report who does what. */
    STATUS
}
