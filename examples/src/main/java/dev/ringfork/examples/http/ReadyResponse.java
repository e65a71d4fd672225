// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.http;

import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A response whose status, fields and kind of body are known. Immutable. */
final class ReadyResponse implements Response {
    /** What depends on the client, the time or the body, and is written by the encoder. */
    private static final Set<String> ENCODERS_OWN =
            Set.of("date", "content-length", "transfer-encoding", "connection");

    private final int status;
    private final String[] fields;
    private final Content content;

    /**
     * Made at the first use. Two threads may both make it: they make the same, and its fields are
     * final, so a thread that sees the reference sees all of it.
     */
    private @Nullable EncodedHead head;

    ReadyResponse(int status, String[] fields, Content content) {
        if (status < 200 || status > 599) {
            throw new IllegalArgumentException("status " + status + " is not within 200 to 599");
        }
        this.status = status;
        this.fields = fields;
        this.content = content;
    }

    Content content() {
        return content;
    }

    /** Names and values in turn. */
    String[] fields() {
        return fields;
    }

    EncodedHead head() {
        EncodedHead made = head;
        if (made == null) {
            made = EncodedHead.of(this);
            head = made;
        }
        return made;
    }

    @Override
    public int status() {
        return status;
    }

    @Override
    public long contentLength() {
        return content.length();
    }

    @Override
    public @Nullable String header(String name) {
        for (int i = 0; i < fields.length; i += 2) {
            if (fields[i].equalsIgnoreCase(name)) {
                return fields[i + 1];
            }
        }
        return null;
    }

    @Override
    public Response withStatus(int other) {
        return new ReadyResponse(other, fields, content);
    }

    @Override
    public Response withHeader(String name, String value) {
        boolean token =
                !name.isEmpty() && name.chars().allMatch(c -> c < 0x80 && Ascii.token((byte) c));
        if (!token || ENCODERS_OWN.contains(name.toLowerCase(Locale.ROOT))) {
            throw new IllegalArgumentException("a response cannot set the field '" + name + "'");
        }
        // A line end in a value would let whoever chose the value write the rest of the response.
        if (!value.chars().allMatch(c -> c <= 0xff && Ascii.text((byte) c))) {
            throw new IllegalArgumentException(
                    "the value of " + name + " has a character that no field may have");
        }
        String[] more = Arrays.copyOf(fields, fields.length + 2);
        more[fields.length] = name;
        more[fields.length + 1] = value;
        return new ReadyResponse(status, more, content);
    }

    @Override
    public Response withBody(String type, byte[] bytes) {
        content.release();
        String[] kept = new String[fields.length];
        int count = 0;
        for (int i = 0; i < fields.length; i += 2) {
            if (!fields[i].equalsIgnoreCase("Content-Type")) {
                kept[count++] = fields[i];
                kept[count++] = fields[i + 1];
            }
        }
        return new ReadyResponse(status, Arrays.copyOf(kept, count), new Content.Bytes(bytes))
                .withHeader("Content-Type", type);
    }

    @Override
    public Response map(UnaryOperator<Response> change) {
        return change.apply(this);
    }

    @Override
    public void release() {
        content.release();
    }
}
