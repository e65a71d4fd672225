// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.master;

import dev.ringfork.bindings.WaitStatus;
import dev.ringfork.bindings.abi.ProcessConstants;

/** The master's view of a worker. Confined to the master's thread. */
final class WorkerHandle {
    /** A time that does not come. */
    static final long NEVER = Long.MAX_VALUE;

    /** What a virtual machine adds to the signal that it ends by. */
    private static final int EXIT_BY_SIGNAL = 128;

    /** How far a worker is, and how hard it was asked to end. */
    enum Phase {
        /** Started, not accepting yet. */
        BOOTING,
        /** Accepting. */
        SERVING,
        /** It was told to finish. */
        DRAINING,
        /** Late, as a boot or with its heartbeat: it was asked for a thread dump. */
        DUMPED,
        /** It was sent SIGTERM, or told to end now. */
        TERMINATED,
        /** It was sent SIGKILL. */
        KILLED
    }

    final int id;
    final int slot;
    final int generation;

    /** The worker whose place it takes, or 0. */
    final int replaces;

    final long spawnedNs;
    final long requestsMost;
    final long ageMostNs;

    Phase phase = Phase.BOOTING;
    int pid;
    long readyNs = NEVER;
    long requests;
    long memoryBytes;

    /** Connections open, and accepted so far, when it last told. */
    long connections;

    long accepted;

    /** Whether it was given the one connection that it serves, where each serves one. */
    boolean given;

    /** When it last had something to do. */
    long activeNs;

    /** Whether its end was asked for, so that it is no failure. */
    boolean leaving;

    /** Whether it leaves because its successor serves. */
    boolean succeeded;

    /** When the patience with its phase ends. */
    long deadlineNs = NEVER;

    WorkerHandle(Action.Spawn spawn, int replaces, long spawnedNs, Recycling recycling) {
        this.id = spawn.id();
        this.slot = spawn.slot();
        this.generation = spawn.generation();
        this.replaces = replaces;
        this.spawnedNs = spawnedNs;
        this.requestsMost = recycling.requestsMost();
        this.ageMostNs = recycling.ageMostNs();
    }

    /** Whether its slot is taken by it: it serves, or is expected to. */
    boolean occupies() {
        return !leaving
                && (phase == Phase.BOOTING || phase == Phase.SERVING || phase == Phase.DUMPED);
    }

    boolean serving() {
        return phase == Phase.SERVING;
    }

    /** Whether it accepts and has nothing to do. */
    boolean idle() {
        return serving() && connections == 0;
    }

    boolean booting() {
        return phase == Phase.BOOTING;
    }

    /** Whether it ever accepted. */
    boolean wasReady() {
        return readyNs != NEVER;
    }

    /** Whether it has accepted for so long that its start has succeeded. */
    boolean settled(long nowNs, long settledNs) {
        return wasReady() && nowNs - readyNs >= settledNs;
    }

    /** It has told what it has to do. */
    void load(Input.Load load, long nowNs) {
        boolean open = load.connections() > 0 || connections > 0;
        if (open || load.accepted() != accepted) {
            activeNs = nowNs;
        }
        connections = load.connections();
        accepted = load.accepted();
    }

    /** It is not late for a time in which nobody looked. */
    void forgive(long asleepNs) {
        boolean waitedFor = booting() || serving();
        if (waitedFor && deadlineNs != NEVER) {
            deadlineNs += asleepNs;
        }
    }

    /** How it has ended, for people. */
    String end(WaitStatus status) {
        String how = status.exited() ? status.toString() : "been " + status;
        boolean unasked =
                status.signaled()
                        && status.termSignal() == ProcessConstants.SIGKILL
                        && phase != Phase.KILLED;
        return unasked ? how + "; perhaps memory ran out" : how;
    }

    /** Whether it has ended by the signal that it was sent, as one does that still boots. */
    boolean terminated(WaitStatus status) {
        int signo = ProcessConstants.SIGTERM;
        return phase == Phase.TERMINATED
                && (status.exited()
                        ? status.exitStatus() == EXIT_BY_SIGNAL + signo
                        : status.termSignal() == signo);
    }

    @Override
    public String toString() {
        return pid == 0 ? "worker " + slot : "worker %d (pid %d)".formatted(slot, pid);
    }
}
