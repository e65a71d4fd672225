// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.http;

import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What a handler answers.
 *
 * <p>Immutable. A response of text or bytes is made once and returned for any number of requests:
 * its head is encoded at the first, and costs a copy at each. The others are for one request each.
 * {@code Date}, {@code Content-Length}, {@code Transfer-Encoding} and {@code Connection} are the
 * server's to say.
 *
 * <pre>{@code
 * Response hello = Response.text("Hello, world!\n").withHeader("Cache-Control", "max-age=60");
 * Handler handler = request -> hello;
 * }</pre>
 */
public sealed interface Response permits ReadyResponse, PendingResponse {

    /** Text in UTF-8, status 200. */
    static Response text(String text) {
        return bytes("text/plain; charset=utf-8", text.getBytes(StandardCharsets.UTF_8));
    }

    /** Bytes of a media type, status 200. The array belongs to the response from now on. */
    static Response bytes(String type, byte[] bytes) {
        return typed(type, new Content.Bytes(bytes));
    }

    /** A status without a body; error pages gives one to errors. */
    static Response status(int status) {
        return new ReadyResponse(status, new String[0], new Content.Bytes(new byte[0]));
    }

    /** A status with a line of text that says it. */
    static Response error(int status) {
        return text(HttpStatus.line(status) + "\n").withStatus(status);
    }

    /** Sends the client elsewhere. */
    static Response redirect(int status, String location) {
        return status(status).withHeader("Location", location);
    }

    /**
     * A part of an open regular file, sent inside the kernel.
     *
     * @param fd taken over: closed when sent, or by {@link #release}
     */
    static Response file(String type, int fd, long offset, long length) {
        return typed(type, new Content.FilePart(fd, offset, length));
    }

    /**
     * A body that is written while the client takes it.
     *
     * @param length in bytes, or -1: then the body is chunked
     */
    static Response stream(String type, long length, BodySource source) {
        return typed(type, new Content.Pulled(source, length));
    }

    /**
     * A body that is made out of the request's while that arrives.
     *
     * @param length in bytes, or -1: then the body is chunked
     */
    static Response through(String type, long length, BodySink sink) {
        return typed(type, new Content.Piped(sink, length));
    }

    /**
     * The answer to a whole body, which is collected first; see {@link HttpLimits#bodyBytes}.
     *
     * @param answer given the body, empty if there is none, once it is complete; on the loop's
     *     thread, when the {@link Request} is no longer valid
     */
    static Response afterBody(Function<byte[], Response> answer) {
        return PendingResponse.of(new PendingResponse.Body(answer));
    }

    /**
     * The answer of another thread.
     *
     * @param start hands the work on, and does not wait for it; the {@link Request} is valid until
     *     it returns. An executor's refusal is answered 503, any other exception 500.
     */
    static Response later(Consumer<Deferred> start) {
        return PendingResponse.of(new PendingResponse.Elsewhere(start));
    }

    private static Response typed(String type, Content content) {
        return new ReadyResponse(200, new String[0], content).withHeader("Content-Type", type);
    }

    /** The status code; 0 if it is not known yet: see {@link #map}. */
    int status();

    /** The size of the body; -1 if it is not known. */
    long contentLength();

    /** The value of a field that was set by {@link #withHeader}, or null. */
    @Nullable String header(String name);

    /** This response with another status. */
    Response withStatus(int status);

    /**
     * This response with one more field.
     *
     * @throws IllegalArgumentException for what is no field, or a field that the server sets itself
     */
    Response withHeader(String name, String value);

    /** This response with another body and media type, its old body released. */
    Response withBody(String type, byte[] bytes);

    /**
     * Changes or looks at the response once its status is known, which may be now.
     *
     * @param change given a response of known status
     */
    Response map(UnaryOperator<Response> change);

    /**
     * Gives back what the response owns, an open file for instance: for one that is not returned.
     */
    void release();
}
