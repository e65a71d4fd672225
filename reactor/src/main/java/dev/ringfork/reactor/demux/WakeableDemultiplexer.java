// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.demux;

/** One whose poll another thread can end; others need a descriptor for that. */
public interface WakeableDemultiplexer extends Demultiplexer {

    /**
     * Lets the {@link #poll} in progress, or the next one, return. Safe for use by many threads.
     */
    void wakeup();
}
