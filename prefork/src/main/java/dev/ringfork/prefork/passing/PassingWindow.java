// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.passing;

import dev.ringfork.prefork.passing.PassingException.Reason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * The sending end of a hand-over with acknowledgement: at most so many transfers are in flight, and
 * one that the peer did not accept comes back. {@link PassingReceiver} is the other end.
 *
 * <p>Confined to one thread at a time. It owns the socket, and each transfer from the moment that
 * {@link #offer} returns {@code SENT} until it is settled.
 *
 * <p>With {@link Keep#UNTIL_ANSWERED} nothing is lost: a copy of each descriptor stays here until
 * the peer has accepted it, and if the peer refuses it or dies the transfer is the caller's again.
 * A peer that dies in the moment between serving and answering has seen what comes back.
 *
 * <pre>{@code
 * if (window.offer(transfer) != Sending.SENT) {
 *     tryAnother(transfer);
 * }
 * …                                          // the socket is readable
 * window.settle(refused -> tryAnother(refused));
 * if (window.peerGone()) {
 *     window.reclaim().forEach(lost -> tryAnother(lost));
 * }
 * }</pre>
 */
public final class PassingWindow implements AutoCloseable {

    /** What becomes of the sender's copies of descriptors in flight. */
    public enum Keep {
        /** They stay open until the peer has answered: what is not accepted can be sent again. */
        UNTIL_ANSWERED,
        /** They are closed once sent: what is in flight when the peer dies is lost with it. */
        NOTHING
    }

    private static final int NO_DESCRIPTORS = 0;

    private final DescriptorSocket socket;
    private final int limit;
    private final Keep keep;
    private final Map<Long, Transfer> inFlight = new LinkedHashMap<>();
    private long next;
    private boolean gone;

    /**
     * Takes over a socket.
     *
     * @param limit the most transfers in flight; the receiver's has to be as high
     */
    public PassingWindow(DescriptorSocket socket, int limit, Keep keep) {
        if (limit < 1) {
            throw new IllegalArgumentException("a window lets one transfer through at least");
        }
        this.socket = socket;
        this.limit = limit;
        this.keep = keep;
    }

    /** The socket, for a loop to watch: readable when answers came, or the peer is gone. */
    public int fd() {
        return socket.fd();
    }

    /** How many transfers are sent and not answered. */
    public int inFlight() {
        return inFlight.size();
    }

    /** Whether {@link #flush} has something to do when the socket is writable. */
    public boolean wantsWrite() {
        return socket.wantsWrite();
    }

    /** Sends what a stream did not take before. Does not block. */
    public void flush() {
        gone |= socket.flush() == Sending.PEER_GONE;
    }

    /**
     * Sends a transfer, and takes it over if that succeeds. Does not block.
     *
     * @return {@code SENT}; or why not, and the transfer is still the caller's: {@code FULL} also
     *     when the window is
     */
    public Sending offer(Transfer transfer) {
        if (gone) {
            return Sending.PEER_GONE;
        }
        if (inFlight.size() >= limit) {
            return Sending.FULL;
        }
        byte[] message = WindowMessage.transfer(next, transfer.payload());
        Sending sending = socket.trySend(message, transfer.fds());
        if (sending == Sending.SENT) {
            inFlight.put(next++, transfer);
            if (keep == Keep.NOTHING) {
                transfer.close();
            }
        }
        gone |= sending == Sending.PEER_GONE;
        return sending;
    }

    /** Offers no more; the peer finds the end when it has received all. Answers come still. */
    public void finish() {
        socket.finish();
    }

    /**
     * Takes in the answers that have come. Does not block. The copies of what was accepted are
     * closed.
     *
     * @param refused takes over each transfer that the peer refused
     * @return how many were answered
     * @throws PassingException if the peer does not speak as a receiver does
     */
    public int settle(Consumer<Transfer> refused) {
        return settle(Duration.ZERO, refused);
    }

    /** Takes in answers as {@link #settle(Consumer)} does, and blocks until one has come. */
    public int settle(Duration timeout, Consumer<Transfer> refused) {
        int answered = 0;
        ReceivedDescriptors received = socket.receive(NO_DESCRIPTORS, timeout);
        while (received != null) {
            answer(WindowMessage.decode(received.payload()), refused);
            answered++;
            received = socket.tryReceive(NO_DESCRIPTORS);
        }
        gone |= socket.ended();
        return answered;
    }

    private void answer(WindowMessage message, Consumer<Transfer> refused) {
        boolean known =
                message.kind() == WindowMessage.ACCEPTED || message.kind() == WindowMessage.REFUSED;
        Transfer transfer = known ? inFlight.remove(message.number()) : null;
        if (transfer == null) {
            throw new PassingException(
                    Reason.NO_TRANSFER,
                    "an answer of kind %d to transfer %d, which is not in flight"
                            .formatted(message.kind(), message.number()));
        }
        if (message.kind() == WindowMessage.ACCEPTED) {
            transfer.close();
        } else {
            refused.accept(transfer);
        }
    }

    /**
     * Whether the peer is gone. It may have answered before: {@link #settle} until nothing comes,
     * then {@link #reclaim}.
     */
    public boolean peerGone() {
        return gone;
    }

    /**
     * Gives every transfer that was not answered back to the caller, the oldest first. A peer that
     * is alive may accept it all the same, so this is for one that is {@linkplain #peerGone gone}.
     */
    public List<Transfer> reclaim() {
        List<Transfer> reclaimed = new ArrayList<>(inFlight.values());
        inFlight.clear();
        return reclaimed;
    }

    /** Closes the socket and the copies that are still here. */
    @Override
    public void close() {
        reclaim().forEach(Transfer::close);
        socket.close();
    }
}
