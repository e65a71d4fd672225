// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.http;

import dev.ringfork.reactor.protocol.Buffer;
import dev.ringfork.reactor.protocol.WholeMessages;
import org.jspecify.annotations.Nullable;

/**
 * Whether a request is there to its end, head and body. What the session would refuse counts as
 * whole: it shall refuse it.
 *
 * <p>Confined to the loop's thread of one connection.
 */
final class MessageJudge implements WholeMessages.Judge {
    private final HttpProtocol protocol;
    private final HeadWatch watch = new HeadWatch();
    private boolean headKnown;
    private long wholeBytes;
    private @Nullable ChunkedDecoder chunks;
    private int decoded;

    MessageJudge(HttpProtocol protocol) {
        this.protocol = protocol;
    }

    @Override
    public WholeMessages.Verdict judge(Buffer in) {
        WholeMessages.Verdict verdict = headKnown ? body(in) : head(in);
        if (verdict != WholeMessages.Verdict.PART) {
            headKnown = false;
            chunks = null;
            watch.begin();
        }
        return verdict;
    }

    private WholeMessages.Verdict head(Buffer in) {
        if (!watch.worthParsing(in)) {
            return WholeMessages.Verdict.PART;
        }
        RequestHead head = protocol.scratch().head();
        int behind = HeadParser.parse(in.segment(), in.start(), in.end(), protocol.limits(), head);
        if (behind == HeadParser.INCOMPLETE) {
            watch.incomplete(in, protocol.limits(), head);
            return WholeMessages.Verdict.PART;
        }
        if (behind < 0) {
            return WholeMessages.Verdict.WHOLE;
        }
        if (head.has(RequestHead.EXPECT_CONTINUE)) {
            // The client waits to be told that it may go on.
            return WholeMessages.Verdict.LARGE;
        }
        headKnown = true;
        int headBytes = behind - in.start();
        if (head.has(RequestHead.CHUNKED)) {
            chunks = new ChunkedDecoder(protocol.limits());
            decoded = headBytes;
        } else {
            wholeBytes = headBytes + Math.max(0, head.contentLength);
        }
        return body(in);
    }

    private WholeMessages.Verdict body(Buffer in) {
        ChunkedDecoder decoder = chunks;
        if (decoder != null) {
            return ended(decoder, in) ? WholeMessages.Verdict.WHOLE : WholeMessages.Verdict.PART;
        }
        if (wholeBytes > in.capacity()) {
            return WholeMessages.Verdict.LARGE;
        }
        return in.length() >= wholeBytes ? WholeMessages.Verdict.WHOLE : WholeMessages.Verdict.PART;
    }

    /** Runs the decoder over what has come since, without taking it. */
    private boolean ended(ChunkedDecoder decoder, Buffer in) {
        Buffer shadow = new Buffer(in.segment());
        shadow.produced(in.end());
        shadow.consume(in.start() + decoded);
        int available;
        while ((available = decoder.available(shadow)) > 0) {
            shadow.consume(available);
            decoder.consumed(available);
        }
        decoded = shadow.start() - in.start();
        return available != RequestBody.NOTHING_YET;
    }
}
