// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.demux;

/**
 * Bits of what a registration asks to be told, and of what a demultiplexer reports.
 *
 * <p>What is reported only, select(2) does not tell: with it a hang-up or an error is {@link #READ}
 * or {@link #WRITE} to who asked for that, and nothing to who asked for nothing.
 */
public final class Interest {
    /**
     * Asked: bytes can be read or connections accepted. Reported: so they can, or the end is near.
     */
    public static final int READ = 1;

    /** Asked and reported: bytes can be written. */
    public static final int WRITE = 2;

    /** Reported only: the peer has closed its direction; a read will meet the end. */
    public static final int READ_CLOSED = 4;

    /** Reported only, asked or not: both directions are closed. */
    public static final int HANGUP = 8;

    /** Reported only, asked or not: an error is pending; the next call will return it. */
    public static final int ERROR = 16;

    /**
     * Asked at {@link Demultiplexer#add} only, for a listener that several demultiplexers watch:
     * what comes wakes one or a few of those that wait, not all. Such a registration can be removed
     * and added again but not modified, and with {@link Trigger#ONESHOT} it is reported as a level.
     * Where the kernel has no such thing all are woken.
     */
    public static final int EXCLUSIVE = 32;

    private Interest() {}
}
