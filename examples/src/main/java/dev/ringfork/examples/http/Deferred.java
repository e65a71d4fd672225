// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.http;

import dev.ringfork.reactor.protocol.Connection;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * The place for an answer that is given later, by whatever thread has it.
 *
 * <p>Safe for use by many threads; the first answer counts. If nobody answers within {@link
 * HttpLimits#responseTimeout}, the client is answered 503.
 */
public final class Deferred {
    private final Connection connection;
    private final Consumer<Response> receiver;
    private final AtomicBoolean settled = new AtomicBoolean();

    Deferred(Connection connection, Consumer<Response> receiver) {
        this.connection = connection;
        this.receiver = receiver;
    }

    /**
     * Gives the answer. Returns at once; the loop's thread sends it.
     *
     * @param response released if it cannot be sent
     * @return false if it is not going to be sent: there was one before, the time was over, the
     *     client has gone, or the loop takes no more tasks
     */
    public boolean complete(Response response) {
        if (settled.compareAndSet(false, true)
                && connection.execute(() -> receiver.accept(response))) {
            return true;
        }
        response.release();
        return false;
    }

    /** Whether an answer would come too late: work on it may stop. */
    public boolean settled() {
        return settled.get();
    }

    void cancel() {
        settled.set(true);
    }
}
