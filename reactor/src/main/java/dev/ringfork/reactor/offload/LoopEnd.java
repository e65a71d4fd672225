// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.offload;

import dev.ringfork.reactor.protocol.Buffer;
import dev.ringfork.reactor.protocol.Connection;
import org.jspecify.annotations.Nullable;

/**
 * The loop's end of a connection whose session runs on another thread: buffers change hands here,
 * no byte is copied.
 *
 * <p>Confined to the loop's thread.
 */
public interface LoopEnd extends Connection {

    /** Whether it carries packets: each buffer is one, and none is joined with another. */
    boolean packets();

    /** Takes over a filled buffer and queues it. Whoever has filled it has kept the bounds. */
    void append(Buffer filled);

    /** Whether it stays open when both directions have ended: its session does not know it yet. */
    void keepOpen(boolean keep);

    /** How many parts of files wait to be sent. */
    int queuedFiles();

    /**
     * Gives away the bytes that wait or are being delivered; their buffer is the caller's then.
     *
     * @return null if there are none
     */
    @Nullable Buffer takeInput();

    /** Takes over bytes that were left; what arrives next comes behind them. None may wait. */
    void giveInput(Buffer left);
}
