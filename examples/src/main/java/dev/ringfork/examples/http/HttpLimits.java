// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.http;

import java.time.Duration;

/**
 * What a client may ask of the server: sizes in bytes, times, counts. Immutable.
 *
 * @param lineBytes the longest request line; a longer one is answered 414
 * @param headerBytes the most bytes of all field lines together; more are answered 431
 * @param fieldCount the most field lines; more are answered 431
 * @param bodyBytes the largest body that is collected for a handler; a larger one is answered 413
 * @param headerTimeout for a whole head, from the connection's start or the head's first byte on;
 *     then 408, or a silent end if nothing had arrived
 * @param idleTimeout between two requests; then the connection ends
 * @param bodyTimeout without a byte of a body that is awaited; then 408
 * @param responseTimeout for a handler that answers later; then 503
 */
public record HttpLimits(
        int lineBytes,
        int headerBytes,
        int fieldCount,
        int bodyBytes,
        Duration headerTimeout,
        Duration idleTimeout,
        Duration bodyTimeout,
        Duration responseTimeout) {

    /** The limits of a server that is told nothing else. */
    public static final HttpLimits DEFAULT =
            new HttpLimits(
                    8190,
                    8 * 1024,
                    100,
                    1024 * 1024,
                    Duration.ofSeconds(20),
                    Duration.ofSeconds(75),
                    Duration.ofSeconds(60),
                    Duration.ofSeconds(30));

    /** Refuses what could never serve a request. */
    public HttpLimits {
        atLeast(16, lineBytes, "lineBytes");
        atLeast(16, headerBytes, "headerBytes");
        atLeast(1, fieldCount, "fieldCount");
        atLeast(0, bodyBytes, "bodyBytes");
        positive(headerTimeout, "headerTimeout");
        positive(idleTimeout, "idleTimeout");
        positive(bodyTimeout, "bodyTimeout");
        positive(responseTimeout, "responseTimeout");
    }

    private static void atLeast(int least, int value, String name) {
        if (value < least) {
            throw new IllegalArgumentException(
                    "%s is %d, the least is %d".formatted(name, value, least));
        }
    }

    private static void positive(Duration value, String name) {
        if (!value.isPositive()) {
            throw new IllegalArgumentException("%s is %s, not positive".formatted(name, value));
        }
    }
}
