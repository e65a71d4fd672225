// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.http;

import dev.ringfork.reactor.protocol.Buffer;

/**
 * The chunked coding of a body, RFC 9112 section 7.1: chunks of a declared size, an empty last
 * chunk, trailer fields.
 *
 * <p>A state machine over single bytes, so that a body may be cut anywhere; only the content itself
 * is taken in pieces. What surrounds the content is checked, bounded and thrown away. Confined to
 * its session.
 */
final class ChunkedDecoder {
    /** All bytes of chunk extensions in one body: nobody uses them but to waste a server's time. */
    private static final int EXTENSION_BYTES = 4096;

    /** A size of more hexadecimal digits would overflow. */
    private static final int SIZE_DIGITS = 15;

    private enum State {
        SIZE,
        BLANK,
        EXTENSION,
        SIZE_LF,
        CONTENT,
        CONTENT_CR,
        CONTENT_LF,
        TRAILER,
        TRAILER_NAME,
        TRAILER_VALUE,
        TRAILER_LF,
        LAST_LF,
        END
    }

    private final int trailerBytesLimit;
    private final int trailerCountLimit;
    private State state = State.SIZE;
    private long remaining;
    private int digits;
    private int extensionBytes;
    private int trailerBytes;
    private int trailerCount;

    ChunkedDecoder(HttpLimits limits) {
        trailerBytesLimit = limits.headerBytes();
        trailerCountLimit = limits.fieldCount();
    }

    /** See {@link RequestBody#available}. */
    int available(Buffer in) {
        while (in.length() > 0 && state != State.CONTENT && state != State.END) {
            int refusal = step(in.get(in.start()));
            if (refusal != 0) {
                return refusal;
            }
            in.consume(1);
        }
        return switch (state) {
            case CONTENT -> (int) Math.min(remaining, in.length());
            case END -> RequestBody.END;
            default -> RequestBody.NOTHING_YET;
        };
    }

    /** Content was consumed. */
    void consumed(int count) {
        remaining -= count;
        if (remaining == 0) {
            state = State.CONTENT_CR;
        }
    }

    /** Takes one byte that is not content: 0, or the status to refuse it with, negated. */
    private int step(byte b) {
        return switch (state) {
            case SIZE -> size(b);
            case BLANK -> blank(b);
            case EXTENSION -> extension(b);
            case SIZE_LF -> sizeEnd(b);
            case CONTENT_CR -> expect(b, Ascii.CR, State.CONTENT_LF);
            case CONTENT_LF -> {
                digits = 0;
                yield expect(b, Ascii.LF, State.SIZE);
            }
            case TRAILER, TRAILER_NAME, TRAILER_VALUE -> trailer(b);
            case TRAILER_LF -> expect(b, Ascii.LF, State.TRAILER);
            case LAST_LF -> expect(b, Ascii.LF, State.END);
            case CONTENT, END -> throw new IllegalStateException(state.name());
        };
    }

    private int expect(byte b, byte wanted, State next) {
        state = next;
        return b == wanted ? 0 : -400;
    }

    private int size(byte b) {
        int digit = Character.digit(b, 16);
        if (digit >= 0) {
            remaining = remaining << 4 | digit;
            return ++digits > SIZE_DIGITS ? -400 : 0;
        }
        if (digits == 0) {
            return -400;
        }
        return behindSize(b);
    }

    private int behindSize(byte b) {
        switch (b) {
            case Ascii.CR -> state = State.SIZE_LF;
            case ';' -> state = State.EXTENSION;
            case Ascii.SP, Ascii.TAB -> state = State.BLANK;
            default -> {
                return -400;
            }
        }
        return 0;
    }

    /** Blanks may stand between a size and its extension, not between a size and the line's end. */
    private int blank(byte b) {
        return b == Ascii.CR || ++extensionBytes > EXTENSION_BYTES ? -400 : behindSize(b);
    }

    private int extension(byte b) {
        if (b == Ascii.CR) {
            state = State.SIZE_LF;
            return 0;
        }
        return !Ascii.text(b) || ++extensionBytes > EXTENSION_BYTES ? -400 : 0;
    }

    private int sizeEnd(byte b) {
        return expect(b, Ascii.LF, remaining == 0 ? State.TRAILER : State.CONTENT);
    }

    private int trailer(byte b) {
        if (++trailerBytes > trailerBytesLimit) {
            return -431;
        }
        return switch (state) {
            case TRAILER -> trailerStart(b);
            case TRAILER_NAME -> trailerName(b);
            default -> trailerValue(b);
        };
    }

    private int trailerStart(byte b) {
        if (b == Ascii.CR) {
            state = State.LAST_LF;
            return 0;
        }
        state = State.TRAILER_NAME;
        if (++trailerCount > trailerCountLimit) {
            return -431;
        }
        return Ascii.token(b) ? 0 : -400;
    }

    private int trailerName(byte b) {
        if (b == ':') {
            state = State.TRAILER_VALUE;
            return 0;
        }
        return Ascii.token(b) ? 0 : -400;
    }

    private int trailerValue(byte b) {
        if (b == Ascii.CR) {
            state = State.TRAILER_LF;
            return 0;
        }
        return Ascii.text(b) ? 0 : -400;
    }
}
