// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.passing;

/**
 * A message did not come as it should have. The descriptors that came with it have been closed.
 * Immutable.
 */
public final class PassingException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** What was wrong. */
    public enum Reason {
        /** The kernel dropped descriptors (MSG_CTRUNC): this process may open no more. */
        DESCRIPTORS_DROPPED,
        /** More descriptors came than were expected. */
        SURPLUS,
        /** The payload was longer than the room for it: the rest is lost. */
        TOO_LONG,
        /**
         * A stream is no sequence of frames, or descriptors came elsewhere than with a header:
         * there is no way to find the next frame, so the socket is of no more use.
         */
        NO_FRAME,
        /** A window's message is none, or acknowledges what was not sent. */
        NO_TRANSFER
    }

    private final Reason reason;

    PassingException(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    /** What was wrong. */
    public Reason reason() {
        return reason;
    }
}
