// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.passing;

import java.util.List;

/**
 * Descriptors to be handed over, and a payload that says what they are. Whoever holds a transfer
 * owns its descriptors.
 *
 * <p>Confined to one thread at a time.
 */
public final class Transfer implements AutoCloseable {
    private final byte[] payload;
    private final List<PassedDescriptor> descriptors;

    /** Takes over the descriptors; the payload, which may be empty, is not copied. */
    public Transfer(byte[] payload, List<PassedDescriptor> descriptors) {
        this.payload = payload;
        this.descriptors = List.copyOf(descriptors);
    }

    /** The payload. */
    public byte[] payload() {
        return payload;
    }

    /** The descriptors; none is held any more where the sender chose not to keep them. */
    public List<PassedDescriptor> descriptors() {
        return descriptors;
    }

    /** The numbers of the descriptors, for a call. */
    int[] fds() {
        return descriptors.stream().mapToInt(PassedDescriptor::fd).toArray();
    }

    /** Closes the descriptors that nobody took. */
    @Override
    public void close() {
        descriptors.forEach(PassedDescriptor::close);
    }
}
