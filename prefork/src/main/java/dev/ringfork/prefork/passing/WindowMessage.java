// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.passing;

import dev.ringfork.prefork.passing.PassingException.Reason;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * What the two ends of a window say to each other: one byte for the kind, eight for the number of
 * the transfer, the highest first, and for a transfer its payload. Immutable.
 */
final class WindowMessage {
    static final byte TRANSFER = 'T';
    static final byte ACCEPTED = 'A';
    static final byte REFUSED = 'R';

    private static final int HEADER_BYTES = 1 + Long.BYTES;
    private static final byte[] NOTHING = {};

    private final byte kind;
    private final long number;
    private final byte[] payload;

    private WindowMessage(byte kind, long number, byte[] payload) {
        this.kind = kind;
        this.number = number;
        this.payload = payload;
    }

    byte kind() {
        return kind;
    }

    long number() {
        return number;
    }

    byte[] payload() {
        return payload;
    }

    static byte[] transfer(long number, byte[] payload) {
        return encode(TRANSFER, number, payload);
    }

    static byte[] answer(long number, boolean accepted) {
        return encode(accepted ? ACCEPTED : REFUSED, number, NOTHING);
    }

    private static byte[] encode(byte kind, long number, byte[] payload) {
        return ByteBuffer.allocate(HEADER_BYTES + payload.length)
                .put(kind)
                .putLong(number)
                .put(payload)
                .array();
    }

    /**
     * Reads a message.
     *
     * @throws PassingException if it is none
     */
    static WindowMessage decode(byte[] bytes) {
        if (bytes.length < HEADER_BYTES) {
            throw new PassingException(
                    Reason.NO_TRANSFER,
                    "a window's message has %d bytes at least, not %d"
                            .formatted(HEADER_BYTES, bytes.length));
        }
        ByteBuffer in = ByteBuffer.wrap(bytes);
        return new WindowMessage(
                in.get(), in.getLong(), Arrays.copyOfRange(bytes, HEADER_BYTES, bytes.length));
    }
}
