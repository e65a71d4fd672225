// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.offload;

/** A pool of which any thread runs the next calls of any strand. Safe for use by many threads. */
public final class PooledWorkers implements Workers, Workers.Worker {
    private final WorkerPool pool;

    /** Runs strands on a pool, which stays its owner's. */
    public PooledWorkers(WorkerPool pool) {
        this.pool = pool;
    }

    @Override
    public Worker assign() {
        return this;
    }

    @Override
    public boolean ready(Runnable strand) {
        return pool.execute(strand);
    }
}
