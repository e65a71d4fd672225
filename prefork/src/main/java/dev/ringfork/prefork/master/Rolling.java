// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.master;

/**
 * A reload under way: all workers of older generations are to be replaced. Confined to the master's
 * thread.
 */
final class Rolling {
    private int generation = 1;
    private boolean active;

    /** The generation that workers are started with. */
    int generation() {
        return generation;
    }

    boolean active() {
        return active;
    }

    /** Begins a new generation; what is left of an unfinished reload becomes part of this one. */
    void start() {
        generation++;
        active = true;
    }

    /** Ends it: either all are replaced, or those that are left stay. */
    void end() {
        active = false;
    }

    /** Whether a worker is to be replaced by it. */
    boolean concerns(WorkerHandle worker) {
        return active && worker.generation < generation;
    }
}
