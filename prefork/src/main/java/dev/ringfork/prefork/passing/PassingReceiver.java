// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.passing;

import dev.ringfork.prefork.passing.PassingException.Reason;
import java.time.Duration;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * The receiving end of a {@link PassingWindow}.
 *
 * <p>Confined to one thread at a time. It owns the socket; each transfer is the caller's, who
 * accepts or refuses it when it is clear which.
 *
 * <pre>{@code
 * try (ReceivedTransfer transfer = receiver.tryReceive()) {
 *     if (transfer != null && !draining) {
 *         serve(transfer.accept());
 *     }
 * }
 * }</pre>
 */
public final class PassingReceiver implements AutoCloseable {
    private final DescriptorSocket socket;
    private final int limit;
    private final ArrayDeque<byte[]> answers = new ArrayDeque<>();
    private int undecided;

    /**
     * Takes over a socket.
     *
     * @param limit the most transfers that the sender may have in flight
     */
    public PassingReceiver(DescriptorSocket socket, int limit) {
        this.socket = socket;
        this.limit = limit;
    }

    /** The socket, for a loop to watch. */
    public int fd() {
        return socket.fd();
    }

    /**
     * The next transfer, or null when there is none yet, or none any more. Does not block.
     *
     * @throws PassingException if the peer does not speak as a window does, or sends more than the
     *     limit; what came is closed
     */
    public @Nullable ReceivedTransfer tryReceive() {
        return receive(Duration.ZERO);
    }

    /** Receives as {@link #tryReceive} does, and blocks until the time is over. */
    public @Nullable ReceivedTransfer receive(Duration timeout) {
        flush();
        ReceivedDescriptors received = socket.receive(DescriptorSocket.DESCRIPTORS_MAX, timeout);
        return received == null ? null : transfer(received);
    }

    private ReceivedTransfer transfer(ReceivedDescriptors received) {
        boolean good = false;
        try {
            WindowMessage message = WindowMessage.decode(received.payload());
            requireTransfer(message);
            undecided++;
            good = true;
            return new ReceivedTransfer(this, message, received);
        } finally {
            if (!good) {
                received.close();
            }
        }
    }

    private void requireTransfer(WindowMessage message) {
        if (message.kind() != WindowMessage.TRANSFER) {
            throw new PassingException(
                    Reason.NO_TRANSFER, "a message of kind %d".formatted(message.kind()));
        }
        // The sender counts what it has no answer to, so answers that wait here count too.
        if (undecided + answers.size() >= limit) {
            throw new PassingException(
                    Reason.NO_TRANSFER,
                    "more than %d transfers in flight: give both ends of the window the same limit"
                            .formatted(limit));
        }
    }

    void answer(long number, boolean accepted) {
        undecided--;
        answers.add(WindowMessage.answer(number, accepted));
        flush();
    }

    /**
     * Sends answers that the socket did not take before. Does not block. To a peer that is gone,
     * and once this is closed, nothing is sent.
     */
    public void flush() {
        Sending sending = socket.fd() < 0 ? Sending.PEER_GONE : socket.flush();
        while (sending == Sending.SENT && !answers.isEmpty()) {
            sending = socket.trySend(answers.element());
            if (sending == Sending.SENT) {
                answers.remove();
            }
        }
        if (sending == Sending.PEER_GONE) {
            answers.clear();
        }
    }

    /** Whether {@link #flush} has something to do when the socket is writable. */
    public boolean wantsWrite() {
        return socket.wantsWrite() || !answers.isEmpty();
    }

    /** Whether the sender is gone and all it sent was received. */
    public boolean ended() {
        return socket.ended();
    }

    /** Closes the socket; transfers that were not decided come back to the sender. */
    @Override
    public void close() {
        socket.close();
    }
}
