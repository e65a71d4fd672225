// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.http;

import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A response that is not known yet.
 *
 * @param awaited what makes it known
 * @param then what is to be done to it then
 */
record PendingResponse(Awaited awaited, UnaryOperator<Response> then) implements Response {

    /** What a response waits for. */
    sealed interface Awaited {}

    /** Work on another thread. */
    record Elsewhere(Consumer<Deferred> start) implements Awaited {}

    /** The whole body of the request. */
    record Body(Function<byte[], Response> answer) implements Awaited {}

    static PendingResponse of(Awaited awaited) {
        return new PendingResponse(awaited, UnaryOperator.identity());
    }

    @Override
    public int status() {
        return 0;
    }

    @Override
    public long contentLength() {
        return -1;
    }

    @Override
    public @Nullable String header(String name) {
        return null;
    }

    @Override
    public Response withStatus(int status) {
        return map(response -> response.withStatus(status));
    }

    @Override
    public Response withHeader(String name, String value) {
        return map(response -> response.withHeader(name, value));
    }

    @Override
    public Response withBody(String type, byte[] bytes) {
        return map(response -> response.withBody(type, bytes));
    }

    @Override
    public Response map(UnaryOperator<Response> change) {
        return new PendingResponse(awaited, response -> then.apply(response).map(change));
    }

    @Override
    public void release() {}
}
