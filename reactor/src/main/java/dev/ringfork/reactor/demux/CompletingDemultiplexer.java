// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.demux;

/** One with which a loop waits for operations to complete too, not for readiness alone. */
public interface CompletingDemultiplexer extends Demultiplexer {

    /**
     * Runs the handlers of the operations that have completed. Called after every {@link #poll},
     * whose result says nothing but whether the wait was interrupted.
     *
     * @return how many events of readiness there were among the completions
     */
    int complete();
}
