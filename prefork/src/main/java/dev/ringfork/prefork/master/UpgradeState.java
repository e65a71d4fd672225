// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.master;

/**
 * How far an upgrade is. Immutable.
 *
 * @param underWay whether a new master was started that has neither taken over nor ended
 * @param done whether a new master has taken over
 * @param pid the newest new master, 0 for none
 * @param failures how many upgrades have failed
 * @param reason why the last one has, empty if none has
 */
public record UpgradeState(boolean underWay, boolean done, int pid, int failures, String reason) {
    /** There was none. */
    public static final UpgradeState NONE = new UpgradeState(false, false, 0, 0, "");
}
