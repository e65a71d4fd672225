// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.http;

import dev.ringfork.reactor.protocol.Buffer;

/**
 * Whether a head that was incomplete is worth parsing again, so that a client that sends byte by
 * byte does not cost a parse for each. Confined to one connection's thread.
 */
final class HeadWatch {
    /** How many bytes have been looked at in vain; what follows is what the last parse said. */
    private int seen;

    private int refusedFrom;
    private boolean lineKnown;

    /** Another head begins. */
    void begin() {
        seen = 0;
    }

    /** A parse has found it incomplete. */
    void incomplete(Buffer in, HttpLimits limits, RequestHead head) {
        seen = in.length();
        lineKnown = head.fieldsStart >= 0;
        refusedFrom = HeadParser.refusedFrom(in.start(), limits, head);
    }

    boolean worthParsing(Buffer in) {
        int length = in.length();
        if (length <= 1) {
            // Nothing, or what may become a method or an empty line.
            return length == 1 && in.get(in.start()) != Ascii.CR;
        }
        if (seen == 0 || length >= refusedFrom || length == in.capacity()) {
            return true;
        }
        int start = in.start();
        if (HeadParser.changed(in.segment(), start, start + seen, in.end(), lineKnown)) {
            return true;
        }
        seen = length;
        return false;
    }
}
