// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.http;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The application of the example server: a greeting at {@code /}, {@code /hello}, the request's
 * body back at {@code /echo}, and the files of a folder below {@code /files/}.
 */
public final class ExampleApplication {
    /** What {@code /} says unless something else is wanted. */
    public static final String GREETING =
            "Ringfork is up. Try /hello, or send something to /echo.\n";

    private ExampleApplication() {}

    /**
     * The application.
     *
     * @param greeting what {@code /} says
     * @param root the folder whose files are served, or null for none
     */
    public static Handler handler(String greeting, @Nullable Path root) {
        Response welcome = Response.text(greeting);
        Response hello = Response.text("Hello, world!\n");
        Router.Builder routes =
                Router.builder()
                        .on("GET", "/", request -> welcome)
                        .on("GET", "/hello", request -> hello)
                        .on("/echo", ExampleApplication::echo)
                        .on("OPTIONS", "*", request -> Response.status(204));
        if (root != null) {
            routes.under("/files/", new StaticFiles("/files/", root));
        }
        return routes.build().behind(new ErrorPages());
    }

    private static Response echo(Request request) {
        String type = request.header("Content-Type");
        return Response.through(
                type == null || type.isEmpty() ? ContentTypes.UNKNOWN : type,
                request.contentLength(),
                (bytes, offset, length, out) -> out.write(bytes, offset, length));
    }
}
