// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.proactor;

import dev.ringfork.reactor.Slots;

/**
 * One place for an operation: begun by a method of {@link Proactor}, in flight until its last
 * completion, then free to be begun again. Made once and kept by its owner, so that operations
 * allocate nothing.
 *
 * <p>While it is in flight the kernel may read and write the memory that it was begun with; nobody
 * may free or reuse that, whatever was closed or cancelled meanwhile. Confined to the proactor's
 * thread.
 */
public final class Operation extends Slots.Entry {
    private final CompletionHandler handler;
    private boolean inFlight;
    private boolean cancelling;

    /** Makes one that is not in flight. */
    public Operation(CompletionHandler handler) {
        this.handler = handler;
    }

    /** Whether it has begun and its last completion has not come. */
    public boolean inFlight() {
        return inFlight;
    }

    /** It begins. For proactors. */
    public void begin() {
        if (inFlight) {
            throw new IllegalStateException("an operation was begun that is in flight");
        }
        inFlight = true;
        cancelling = false;
    }

    /** Its end was asked for. For proactors. */
    public void cancel() {
        cancelling = true;
    }

    /** Whether its end was asked for since it began. For proactors. */
    public boolean cancelling() {
        return cancelling;
    }

    /** One completion has come. For proactors. */
    public void complete(int result, int flags, boolean last) {
        if (last) {
            inFlight = false;
        }
        handler.completed(this, result, flags);
    }
}
