// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor;

/**
 * Code run by the reactor when a descriptor is ready. Called on the loop's thread; must not block.
 */
public interface EventHandler {

    /**
     * The descriptor is ready for something that its registration is interested in.
     *
     * <p>Whoever met {@code -EAGAIN} says so by {@link Registration#exhausted}; whoever stops
     * earlier is called again at the next turn.
     *
     * @param ready {@link dev.ringfork.reactor.demux.Interest} bits
     */
    void ready(Registration registration, int ready);

    /**
     * The connection broke while nobody was interested in reading or writing. Not every
     * demultiplexer tells: with select(2) that is met at the next call.
     *
     * @param ready {@link dev.ringfork.reactor.demux.Interest} bits, {@code HANGUP} or {@code
     *     ERROR} among them
     */
    default void broken(Registration registration, int ready) {}
}
