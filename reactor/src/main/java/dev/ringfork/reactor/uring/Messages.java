// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.uring;

import java.util.ArrayList;
import java.util.List;

/**
 * Who gets the messages of other rings. The user data of a message is a small number, which no
 * operation's token is.
 *
 * <p>Confined to the ring's thread.
 */
final class Messages {
    /** User data of what nobody waits for, as the message that does no more than wake. */
    static final long NOBODY = 0;

    // Never taken away: a number that is another's later would misdirect what comes late.
    private final List<MessageHandler> handlers = new ArrayList<>();

    /** Whether a completion is a message, or nobody's. */
    static boolean is(long userData) {
        return userData >>> Integer.SIZE == 0;
    }

    /** Returns the user data by which this one is reached. */
    long add(MessageHandler handler) {
        handlers.add(handler);
        return handlers.size();
    }

    void receive(long userData, int value) {
        if (userData == NOBODY) {
            return;
        }
        int index = (int) userData - 1;
        if (index < 0 || index >= handlers.size()) {
            throw new IllegalStateException("a message for no handler: %x".formatted(userData));
        }
        handlers.get(index).received(value);
    }
}
