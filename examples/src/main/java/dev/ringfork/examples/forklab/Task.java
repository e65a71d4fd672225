// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.forklab;

/**
 * What a child does besides the checks. Immutable.
 *
 * @param descendants how many more there are to be in line below it
 * @param serves whether it answers clients of the parent's listener
 * @param starts whether it starts a program
 * @param waits whether it waits at the end until it is told to go
 * @param speaks whether what it says goes where the parent's goes, and not to a file
 */
record Task(int descendants, boolean serves, boolean starts, boolean waits, boolean speaks) {
    static final Task PLAIN = new Task(0, false, true, false, false);
    static final Task WAITING = new Task(0, false, false, true, false);
}
