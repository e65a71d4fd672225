// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.offload;

import dev.ringfork.reactor.protocol.Buffer;
import org.jspecify.annotations.Nullable;

/**
 * What a session wants of its connection: bytes, and what comes after them.
 *
 * <p>Not safe for use by many threads.
 */
final class Batch {
    static final int SHUTDOWN_OUTPUT = 1;
    static final int FINISH = 2;
    static final int CLOSE = 4;
    static final int ABORT = 8;

    /** The deadline has changed. */
    static final int EXPIRY = 16;

    /** There is room in the mailbox again. */
    static final int READ_ON = 32;

    /** The session is done with its input; what it left comes back. */
    static final int INPUT_DONE = 64;

    /** What it left before is wanted again. */
    static final int OFFER = 128;

    /** It wants to know the addresses. */
    static final int NAMES = 256;

    /** The session knows of the end of its input. */
    static final int END_TOLD = 512;

    final Outgoing outgoing = new Outgoing();
    int effects;
    long deadlineNs;
    long expiry;
    @Nullable Buffer left;

    boolean isEmpty() {
        return effects == 0 && outgoing.isEmpty();
    }

    boolean wants(int effect) {
        return (effects & effect) != 0;
    }

    /** Adds everything of another one, which is empty then. */
    void addAll(Batch other) {
        outgoing.addAll(other.outgoing);
        effects |= other.effects;
        if (other.wants(EXPIRY)) {
            deadlineNs = other.deadlineNs;
            expiry = other.expiry;
        }
        if (other.left != null) {
            left = other.left;
        }
        other.forget();
    }

    /** Forgets everything, which others own now. */
    void forget() {
        outgoing.forget();
        effects = 0;
        left = null;
    }
}
