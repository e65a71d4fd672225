// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.http;

import dev.ringfork.reactor.protocol.Connection;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * One request and its answer: what has to be remembered of the head, and how the answer leaves.
 *
 * <p>A session has one and uses it for all its requests. Confined to the connection's loop thread.
 */
final class Exchange {
    private final HttpProtocol protocol;
    private final HttpSession session;
    private final Connection connection;

    private int minorVersion;
    private boolean headOnly;
    private boolean stay;
    private boolean leaving;
    private boolean continueAwaited;
    private @Nullable RequestBody body;

    Exchange(HttpProtocol protocol, HttpSession session, Connection connection) {
        this.protocol = protocol;
        this.session = session;
        this.connection = connection;
        reset();
    }

    /** Forgets the last request; what is answered now, is answered to a client that is unknown. */
    void reset() {
        minorVersion = 1;
        headOnly = false;
        stay = true;
        leaving = false;
        continueAwaited = false;
        body = null;
    }

    /** Asks the application and answers. */
    void run(RequestHead head, Request request) {
        remember(head);
        request.bind(connection);
        try {
            answer(guarded(protocol.handler(), request));
        } finally {
            request.bind(null);
        }
    }

    private void remember(RequestHead head) {
        minorVersion = head.minorVersion;
        headOnly = Methods.HEAD.equals(head.method);
        boolean asked = head.minorVersion > 0 || head.has(RequestHead.KEEP_ALIVE);
        leaving = !asked || head.has(RequestHead.CLOSE);
        stay = !leaving;
        continueAwaited = head.minorVersion > 0 && head.has(RequestHead.EXPECT_CONTINUE);
        if (head.has(RequestHead.CHUNKED)) {
            body = new RequestBody(protocol.limits());
        } else {
            body = head.contentLength > 0 ? new RequestBody(head.contentLength) : null;
        }
    }

    private static Response guarded(Handler handler, Request request) {
        try {
            return Objects.requireNonNull(handler.handle(request), "no response");
        } catch (RuntimeException e) {
            ErrorPages.report(e);
            return Response.error(500);
        }
    }

    /** Runs a part of the application that gives a response later than the handler does. */
    static Response guarded(Supplier<Response> part) {
        try {
            return Objects.requireNonNull(part.get(), "no response");
        } catch (RuntimeException e) {
            ErrorPages.report(e);
            return Response.error(500);
        }
    }

    void answer(Response response) {
        switch (response) {
            case ReadyResponse ready -> send(ready);
            case PendingResponse pending -> await(pending);
        }
    }

    /**
     * Answers a request that was not understood or not completed, and ends the connection.
     *
     * @param then what is to be done to the response
     */
    void refuse(int status, UnaryOperator<Response> then) {
        stay = false;
        leaving = false;
        body = null;
        answer(guarded(() -> then.apply(Response.error(status))));
    }

    private void await(PendingResponse pending) {
        switch (pending.awaited()) {
            case PendingResponse.Elsewhere elsewhere -> {
                new WaitPhase(this, session, connection, pending.then()).start(elsewhere.start());
            }
            case PendingResponse.Body whole -> {
                RequestBody incoming = body;
                if (incoming == null) {
                    byte[] empty = new byte[0];
                    answer(guarded(() -> pending.then().apply(whole.answer().apply(empty))));
                } else if (incoming.declared() > protocol.limits().bodyBytes()) {
                    refuse(413, pending.then());
                } else {
                    sayContinue();
                    session.enter(
                            new CollectPhase(
                                    this, session, incoming, whole.answer(), pending.then()));
                }
            }
        }
    }

    /** RFC 9110 section 10.1.1: the client waits for a word before it sends the body. */
    private void sayContinue() {
        if (continueAwaited) {
            continueAwaited = false;
            ResponseEncoder.sayContinue(connection);
        }
    }

    private void send(ReadyResponse response) {
        RequestBody incoming = body;
        if (incoming != null && bodied(response) && response.content() instanceof Content.Piped) {
            sayContinue();
            session.enter(new AwaitBodyPhase(this, session, incoming, response));
        } else {
            sendHead(response);
        }
    }

    private boolean bodied(ReadyResponse response) {
        return !headOnly
                && response.content().length() != 0
                && !HttpStatus.bodiless(response.status());
    }

    /** Sends the head, and begins with the content. */
    void sendHead(ReadyResponse response) {
        EncodedHead head = response.head();
        Content content = response.content();
        boolean chunked = !head.sized() && minorVersion > 0;
        boolean endless = !head.sized() && !chunked;
        boolean bodied = bodied(response);
        boolean piped = bodied && content instanceof Content.Piped;
        if (endless || session.draining() || (!piped && mustNotSkipBody())) {
            stay = false;
        }
        ResponseEncoder.Tail tail = ResponseEncoder.Tail.of(stay, chunked, minorVersion);
        byte[] date = protocol.dates().bytes(connection.nowNs());
        if (!ResponseEncoder.encode(connection, head, tail, !headOnly, date)) {
            content.release();
            session.abort();
        } else if (bodied && !head.inlined()) {
            sendBody(content, chunked);
        } else {
            content.release();
            finish();
        }
    }

    /** Whether the rest of the request is not short enough to be thrown away. */
    private boolean mustNotSkipBody() {
        RequestBody unread = body;
        return unread != null && (continueAwaited || unread.declared() > DiscardPhase.MOST_BYTES);
    }

    private void sendBody(Content content, boolean chunked) {
        BodyWriter.Delimiter delimiter =
                content.length() >= 0
                        ? BodyWriter.Delimiter.LENGTH
                        : chunked
                                ? BodyWriter.Delimiter.CHUNKS
                                : BodyWriter.Delimiter.END_OF_CONNECTION;
        BodyWriter out = new BodyWriter(connection, delimiter, content.length());
        switch (content) {
            case Content.Bytes bytes -> pump(new ArraySource(bytes.array()), out);
            case Content.Pulled pulled -> pump(pulled.source(), out);
            case Content.FilePart file -> {
                if (connection.writeFile(file.fd(), file.offset(), file.length())) {
                    finish();
                } else {
                    session.abort();
                }
            }
            case Content.Piped piped ->
                    new PipePhase(this, session, body, piped.sink(), out).start();
        }
    }

    private void pump(BodySource source, BodyWriter out) {
        SendPhase phase = new SendPhase(this, session, source, out);
        session.enter(phase);
        phase.writable();
    }

    /** The body of the request was taken to its end. */
    void bodyTaken() {
        body = null;
    }

    /** The answer is queued: what is left of the request is thrown away, or the connection ends. */
    void finish() {
        RequestBody rest = body;
        if (leaving && rest == null) {
            session.finish();
        } else if (!stay) {
            session.close();
        } else if (rest != null) {
            session.enter(new DiscardPhase(this, session, rest));
        } else {
            session.leave();
        }
    }
}
