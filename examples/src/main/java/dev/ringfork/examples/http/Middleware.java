// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.http;

/**
 * What stands between the connection and an application: it makes one handler out of another.
 *
 * <pre>{@code
 * Middleware named = next -> request -> next.handle(request).withHeader("Server", "ringfork");
 * }</pre>
 */
@FunctionalInterface
public interface Middleware {

    /** A handler that calls the next one, or does not. */
    Handler around(Handler next);
}
