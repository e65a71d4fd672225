// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.http;

/**
 * An application: a function from a request to a response.
 *
 * <p>Called by every loop of a server, so immutable or thread-safe, and it must not block: work
 * that does is handed on with {@link Response#later}. An exception is answered 500.
 */
@FunctionalInterface
public interface Handler {

    /**
     * Answers a request.
     *
     * @param request valid until this returns: it is a view of bytes that are about to be replaced
     */
    Response handle(Request request);

    /** This handler behind some middleware; the first named is the outermost. */
    default Handler behind(Middleware... layers) {
        Handler handler = this;
        for (int i = layers.length - 1; i >= 0; i--) {
            handler = layers[i].around(handler);
        }
        return handler;
    }
}
