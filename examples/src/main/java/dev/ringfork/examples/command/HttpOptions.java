// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.command;

import dev.ringfork.examples.http.Health;
import dev.ringfork.examples.http.HttpLimits;
import java.time.Duration;
import picocli.CommandLine.Option;

/** The flags that bound what an HTTP client may ask. */
final class HttpOptions {
    private static final HttpLimits DEFAULT = HttpLimits.DEFAULT;

    @Option(
            names = "--header-timeout",
            paramLabel = "TIME",
            description =
                    "How long the head of a request may take, in all (default: ${DEFAULT-VALUE}).")
    Span headerTimeout = new Span(DEFAULT.headerTimeout());

    @Option(
            names = "--max-line",
            paramLabel = "SIZE",
            description = "Longest request line (default: ${DEFAULT-VALUE}).")
    Size maxLine = new Size(DEFAULT.lineBytes());

    @Option(
            names = "--max-header",
            paramLabel = "SIZE",
            description =
                    "Most bytes of header fields; with the line they fit in a --buffer (default: ${DEFAULT-VALUE}).")
    Size maxHeader = new Size(DEFAULT.headerBytes());

    @Option(
            names = "--max-fields",
            paramLabel = "N",
            description = "Most header fields (default: ${DEFAULT-VALUE}).")
    int maxFields = DEFAULT.fieldCount();

    @Option(
            names = "--max-body",
            paramLabel = "SIZE",
            description = "Largest body of a request (default: ${DEFAULT-VALUE}).")
    Size maxBody = new Size(DEFAULT.bodyBytes());

    @Option(
            names = "--health-path",
            paramLabel = "PATH",
            description =
                    "Where balancers ask: 200 while it serves, 503 from the moment it is told to end (default:"
                            + " ${DEFAULT-VALUE}).")
    private String healthPath = "/health";

    /**
     * What balancers are answered.
     *
     * @throws Refusal if the path is none
     */
    Health health() {
        if (!healthPath.startsWith("/")) {
            throw Refusal.usage(
                    "--health-path: '%s' does not begin with a slash".formatted(healthPath), null);
        }
        return new Health(healthPath);
    }

    /**
     * The limits.
     *
     * @throws Refusal if a value makes no sense
     */
    HttpLimits limits(Duration idleTimeout) {
        try {
            return new HttpLimits(
                    maxLine.intBytes(),
                    maxHeader.intBytes(),
                    maxFields,
                    maxBody.intBytes(),
                    headerTimeout.duration(),
                    idleTimeout,
                    DEFAULT.bodyTimeout(),
                    DEFAULT.responseTimeout());
        } catch (IllegalArgumentException e) {
            throw Refusal.usage(e);
        }
    }
}
