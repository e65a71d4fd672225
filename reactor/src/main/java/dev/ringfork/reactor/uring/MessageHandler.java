// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.uring;

/** What is called when a message has come from another ring. On the thread of the proactor. */
@FunctionalInterface
public interface MessageHandler {

    /**
     * A message has come.
     *
     * @param value what the other one has sent; or the number of the slot that a direct descriptor
     *     was put into, if the kernel has chosen it, and 0 if the sender has
     */
    void received(int value);
}
