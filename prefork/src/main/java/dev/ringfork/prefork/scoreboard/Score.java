// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.scoreboard;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.ringfork.reactor.server.ServerStatistics;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;

/**
 * A worker's record of the {@link Scoreboard}.
 *
 * <p>Written by one thread of the worker, read by the master at any time: each number is whole, but
 * they need not be of the same moment. A record is cleared by the master before a worker gets it.
 */
public final class Score {
    /**
     * Pairs of lines of cache: neighbours do not slow each other down, nor does the processor's
     * habit of fetching lines in pairs.
     */
    static final int BYTES = 256;

    private static final VarHandle INT = JAVA_INT.varHandle();
    private static final VarHandle LONG = JAVA_LONG.varHandle();

    static final long STATE = 0;
    private static final long PID = 4;
    private static final long SLOT = 8;
    private static final long GENERATION = 12;
    private static final long HEARTBEAT = 16;
    private static final long CONNECTIONS = 24;
    private static final long ACCEPTED = 32;
    private static final long REQUESTS = 40;
    private static final long BYTES_IN = 48;
    private static final long BYTES_OUT = 56;
    private static final long CUT = 64;
    private static final long SHED = 72;
    private static final long STALLS = 80;
    private static final long WAKEUPS = 88;
    private static final long EMPTY_WAKEUPS = 96;
    private static final long ACCEPTS = 104;
    private static final long EMPTY_ACCEPTS = 112;
    private static final long LOAD = 120;
    private static final long DISMISSED = 128;
    private static final long EXHAUSTED = 136;
    private static final long STARVED = 144;
    private static final long OVERFLOWS = 152;

    /** On a line of its own: others read it for each connection, which must not slow the rest. */
    static final long PLACES = 192;

    /** What a worker does. */
    public enum State {
        /** The record is nobody's. */
        FREE(0),
        /** The worker was started. */
        BOOTING(1),
        /** It accepts. */
        SERVING(2),
        /** It finishes what it has begun. */
        DRAINING(3);

        final int code;

        State(int code) {
            this.code = code;
        }

        private static State of(int code) {
            for (State state : values()) {
                if (state.code == code) {
                    return state;
                }
            }
            return FREE;
        }
    }

    private final MemorySegment memory;

    Score(MemorySegment memory) {
        this.memory = memory;
    }

    void clear() {
        memory.fill((byte) 0);
    }

    /** Says who this is. */
    public void identify(int pid, int slot, int generation) {
        setInt(PID, pid);
        setInt(SLOT, slot);
        setInt(GENERATION, generation);
    }

    /** Says what the worker does now. */
    public void state(State state) {
        setInt(STATE, state.code);
    }

    /** Says what the worker has counted. */
    public void count(ServerStatistics statistics, long requests) {
        setLong(CONNECTIONS, statistics.open());
        setLong(ACCEPTED, statistics.accepted());
        setLong(REQUESTS, requests);
        setLong(BYTES_IN, statistics.bytesIn());
        setLong(BYTES_OUT, statistics.bytesOut());
        setLong(CUT, statistics.cut());
        setLong(SHED, statistics.shed());
        setLong(DISMISSED, statistics.dismissed());
        setLong(EXHAUSTED, statistics.exhausted());
        setLong(STARVED, statistics.starved());
        setLong(OVERFLOWS, statistics.overflows());
        setLong(STALLS, statistics.stalls());
        setLong(WAKEUPS, statistics.wakeups());
        setLong(EMPTY_WAKEUPS, statistics.emptyWakeups());
        setLong(ACCEPTS, statistics.accepts());
        setLong(EMPTY_ACCEPTS, statistics.emptyAccepts());
    }

    /** Says how many connections the worker has, or has been given and not begun to serve. */
    public void load(long connections) {
        setLong(LOAD, connections);
    }

    /** Nobody has the places any more that the worker had for its connections. */
    void vacate() {
        setLong(PLACES, 0);
    }

    /**
     * Says that the worker is alive; last of all, since who sees it reads the rest.
     *
     * @param nowNs any number that differs from one time to the next: the clocks of two processes
     *     need not agree
     */
    public void beat(long nowNs) {
        setLong(HEARTBEAT, nowNs);
    }

    /** What the worker does. */
    public State state() {
        return State.of((int) INT.getAcquire(memory, STATE));
    }

    /** The worker's process. */
    public int pid() {
        return (int) INT.getAcquire(memory, PID);
    }

    /** The worker's place among the workers. */
    public int slot() {
        return (int) INT.getAcquire(memory, SLOT);
    }

    /** The generation that the worker is of. */
    public int generation() {
        return (int) INT.getAcquire(memory, GENERATION);
    }

    /** The last sign of life, 0 before the first. */
    public long heartbeat() {
        return getLong(HEARTBEAT);
    }

    /** Connections open now. */
    public long connections() {
        return getLong(CONNECTIONS);
    }

    /** Connections that the worker has or is about to have, as {@link #load(long)} said. */
    public long load() {
        return getLong(LOAD);
    }

    /** Connections accepted. */
    public long accepted() {
        return getLong(ACCEPTED);
    }

    /** Requests answered; of a protocol that counts none, connections accepted. */
    public long requests() {
        return getLong(REQUESTS);
    }

    /** Bytes received. */
    public long bytesIn() {
        return getLong(BYTES_IN);
    }

    /** Bytes sent. */
    public long bytesOut() {
        return getLong(BYTES_OUT);
    }

    /** Connections ended by the end of a drain with work unfinished. */
    public long cut() {
        return getLong(CUT);
    }

    /** Connections closed unserved. */
    public long shed() {
        return getLong(SHED);
    }

    /** Connections let go because they were idle and there were more than wanted. */
    public long dismissed() {
        return getLong(DISMISSED);
    }

    /** Accepts that found no descriptor or memory left. */
    public long exhausted() {
        return getLong(EXHAUSTED);
    }

    /** Reads that had to wait for a buffer. */
    public long starved() {
        return getLong(STARVED);
    }

    /** Turns that began with completions that did not fit into a ring's queue. */
    public long overflows() {
        return getLong(OVERFLOWS);
    }

    /** Turns of a loop that took too long. */
    public long stalls() {
        return getLong(STALLS);
    }

    /** Turns in which a listener was ready. */
    public long wakeups() {
        return getLong(WAKEUPS);
    }

    /** Those of them that brought no connection. */
    public long emptyWakeups() {
        return getLong(EMPTY_WAKEUPS);
    }

    /** Connections that came out of a listener's queue. */
    public long accepts() {
        return getLong(ACCEPTS);
    }

    /** Accepts that found nothing. */
    public long emptyAccepts() {
        return getLong(EMPTY_ACCEPTS);
    }

    // Released, and acquired by the reader: who sees a heartbeat sees what was counted before it.

    private void setInt(long offset, int value) {
        INT.setRelease(memory, offset, value);
    }

    private void setLong(long offset, long value) {
        LONG.setRelease(memory, offset, value);
    }

    private long getLong(long offset) {
        return (long) LONG.getAcquire(memory, offset);
    }
}
