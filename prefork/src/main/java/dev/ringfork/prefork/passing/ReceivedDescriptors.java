// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.passing;

import dev.ringfork.bindings.PeerCredentials;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A message that was received: its payload, and the descriptors that came with it, which it closes
 * unless somebody took them.
 *
 * <p>The descriptors are close-on-exec. Whether one blocks is a property of what it refers to, set
 * by whoever opened it and shared with every process that holds it: changing {@code O_NONBLOCK}
 * changes it for them all.
 *
 * <p>Confined to one thread at a time.
 */
public final class ReceivedDescriptors implements AutoCloseable {
    private final byte[] payload;
    private final List<PassedDescriptor> descriptors;
    private final @Nullable PeerCredentials sender;

    ReceivedDescriptors(
            byte[] payload, List<PassedDescriptor> descriptors, @Nullable PeerCredentials sender) {
        this.payload = payload;
        this.descriptors = descriptors;
        this.sender = sender;
    }

    /** The payload; the array is this message's and not written again. */
    public byte[] payload() {
        return payload;
    }

    /** How many descriptors came, taken or not. */
    public int count() {
        return descriptors.size();
    }

    /** One of the descriptors, which stays this message's. */
    public int fd(int index) {
        return descriptors.get(index).fd();
    }

    /** Gives one of the descriptors to the caller, who closes it. */
    public int take(int index) {
        return descriptors.get(index).take();
    }

    /** Gives those descriptors to the caller that were not taken yet, each with an owner. */
    public List<PassedDescriptor> takeAll() {
        List<PassedDescriptor> taken = new ArrayList<>(descriptors.size());
        for (PassedDescriptor descriptor : descriptors) {
            if (descriptor.held()) {
                taken.add(PassedDescriptor.own(descriptor.take()));
            }
        }
        return taken;
    }

    /**
     * Who sent this very message, when {@link DescriptorSocket#tellSenders} asked for it; null
     * otherwise.
     */
    public @Nullable PeerCredentials sender() {
        return sender;
    }

    /** Closes the descriptors that nobody took. */
    @Override
    public void close() {
        descriptors.forEach(PassedDescriptor::close);
    }
}
