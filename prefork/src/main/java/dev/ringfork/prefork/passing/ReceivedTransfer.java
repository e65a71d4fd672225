// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.passing;

import java.util.List;

/**
 * A transfer that has come, to be accepted or refused once. Left undecided it is refused, and its
 * descriptors are closed here: the sender has its own.
 *
 * <p>Confined to the thread of its {@link PassingReceiver}.
 */
public final class ReceivedTransfer implements AutoCloseable {
    private final PassingReceiver receiver;
    private final long number;
    private final byte[] payload;
    private final ReceivedDescriptors received;
    private boolean decided;

    ReceivedTransfer(
            PassingReceiver receiver, WindowMessage message, ReceivedDescriptors received) {
        this.receiver = receiver;
        this.number = message.number();
        this.payload = message.payload();
        this.received = received;
    }

    /** The payload. */
    public byte[] payload() {
        return payload;
    }

    /** How many descriptors came. */
    public int count() {
        return received.count();
    }

    /**
     * One of the descriptors, which stays this transfer's: to see what becomes of it before it is
     * clear whether to accept.
     */
    public int fd(int index) {
        return received.fd(index);
    }

    /**
     * Accepts the transfer: the descriptors are the caller's from here on, and the sender drops its
     * copies.
     *
     * @throws IllegalStateException if it was accepted or refused before
     */
    public List<PassedDescriptor> accept() {
        decide(true);
        return received.takeAll();
    }

    /**
     * Refuses the transfer: its descriptors are closed here, and it comes back to the sender.
     *
     * @throws IllegalStateException if it was accepted or refused before
     */
    public void refuse() {
        received.close();
        decide(false);
    }

    private void decide(boolean accepted) {
        if (decided) {
            throw new IllegalStateException("the transfer was accepted or refused before");
        }
        decided = true;
        receiver.answer(number, accepted);
    }

    /** Refuses the transfer unless it was accepted. */
    @Override
    public void close() {
        if (!decided) {
            refuse();
        }
    }
}
