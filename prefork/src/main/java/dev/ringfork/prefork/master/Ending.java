// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.master;

/** How far a master is with its end. */
public enum Ending {
    /** It was not asked to. */
    NONE,
    /** The workers finish what they have begun. */
    DRAIN,
    /** The workers end at once. */
    STOP,
    /** No worker is left. */
    ENDED
}
