// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor;

import dev.ringfork.reactor.protocol.Buffer;
import org.jspecify.annotations.Nullable;

/**
 * Where a loop leases its buffers: all of one size, and of a bounded number.
 *
 * <p>Confined to the loop's thread.
 */
public interface BufferSource extends AutoCloseable {

    /** The size of every buffer. */
    int slotBytes();

    /** How many buffers there are at most, leased or not. */
    int slotsMax();

    /** How many buffers can still be leased. */
    int available();

    /** An empty buffer, or null when all are leased and the bound is reached. */
    @Nullable Buffer lease();

    /**
     * Makes sure that the next so many calls of {@link #lease} give a buffer.
     *
     * @return false if there are fewer; nothing is kept then
     */
    boolean reserve(long count);

    /** Takes a buffer back; its bytes are forgotten. */
    void release(Buffer buffer);

    /**
     * Asks that the loop is woken when another one gives a buffer back, once. Nothing where buffers
     * are no other loop's.
     */
    void wakeOnRelease();

    /** Ends the use. No buffer may be leased. */
    @Override
    void close();
}
