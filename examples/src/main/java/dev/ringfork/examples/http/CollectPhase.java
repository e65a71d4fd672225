// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.http;

import dev.ringfork.reactor.protocol.Buffer;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/** A body on its way in that is wanted whole. */
final class CollectPhase extends BodyPhase {
    /** Memory is given for what has arrived, not for what a client says will arrive. */
    private static final int FIRST_BYTES = 8 * 1024;

    private final RequestBody body;
    private final Function<byte[], Response> answer;
    private final UnaryOperator<Response> then;
    private byte[] bytes;
    private int count;

    CollectPhase(
            Exchange exchange,
            HttpSession session,
            RequestBody body,
            Function<byte[], Response> answer,
            UnaryOperator<Response> then) {
        super(exchange, session);
        this.body = body;
        this.answer = answer;
        this.then = then;
        long declared = body.declared();
        bytes = new byte[(int) Math.min(declared < 0 ? FIRST_BYTES : declared, FIRST_BYTES)];
    }

    @Override
    public boolean received(Buffer in) {
        int available = body.available(in);
        if (available == RequestBody.END) {
            complete();
            return true;
        }
        if (available == RequestBody.NOTHING_YET) {
            return false;
        }
        if (available < 0) {
            refuse(-available);
            return false;
        }
        if (count + available > session.limits().bodyBytes()) {
            refuse(413);
            return false;
        }
        append(in, available);
        body.take(in, available);
        return true;
    }

    private void append(Buffer in, int available) {
        if (bytes.length - count < available) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, count + available));
        }
        MemorySegment.copy(
                in.segment(), ValueLayout.JAVA_BYTE, in.start(), bytes, count, available);
        count += available;
    }

    private void complete() {
        byte[] whole = count == bytes.length ? bytes : Arrays.copyOf(bytes, count);
        session.leave();
        exchange.bodyTaken();
        exchange.answer(Exchange.guarded(() -> then.apply(answer.apply(whole))));
    }

    private void refuse(int status) {
        session.leave();
        exchange.refuse(status, then);
    }

    @Override
    public void expired() {
        refuse(408);
    }

    @Override
    public void truncated() {
        refuse(400);
    }
}
