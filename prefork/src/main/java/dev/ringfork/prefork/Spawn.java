// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork;

/** How workers come to be. */
public enum Spawn {
    /** As the same command line again, in a fresh virtual machine. */
    EXEC
}
