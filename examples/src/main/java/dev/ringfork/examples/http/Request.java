// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.http;

import dev.ringfork.bindings.Address;
import dev.ringfork.reactor.protocol.Connection;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * The head of a request: a view of the bytes as they arrived, not a copy.
 *
 * <p>Valid until {@link Handler#handle} returns, on the thread that called it; afterwards each
 * method throws {@link IllegalStateException}. What returns a {@link String} makes it anew at each
 * call, unless it says otherwise; the methods that compare allocate nothing.
 */
public final class Request {
    private final RequestHead head;
    private @Nullable Connection connection;

    Request(RequestHead head) {
        this.head = head;
    }

    /** Makes the request that was parsed last valid, or no request with null. */
    void bind(@Nullable Connection owner) {
        connection = owner;
    }

    private RequestHead head() {
        connection();
        return head;
    }

    /** What it came on. */
    Connection connection() {
        Connection bound = connection;
        if (bound == null) {
            throw new IllegalStateException("the request has been answered: keep copies, not it");
        }
        return bound;
    }

    /** The method, in upper case as it is sent. Only an unusual one is made anew. */
    public String method() {
        String known = head().method;
        return known != null ? known : Ascii.string(head.bytes, head.methodStart, head.methodEnd);
    }

    /** Whether the method is this one. */
    public boolean is(String method) {
        String known = head().method;
        return known != null ? known.equals(method) : method().equals(method);
    }

    /** The target as it was sent: a path and perhaps a query, a whole URI, or {@code *}. */
    public String target() {
        return Ascii.string(head().bytes, head.targetStart, head.targetEnd);
    }

    /** The path as it was sent, still percent-encoded; {@code /} where a URI has none. */
    public String path() {
        return head().pathStart == head.pathEnd
                ? "/"
                : Ascii.string(head.bytes, head.pathStart, head.pathEnd);
    }

    /** The query as it was sent, without the question mark; null if there is none. */
    public @Nullable String query() {
        return head().pathEnd == head.targetEnd
                ? null
                : Ascii.string(head.bytes, head.pathEnd + 1, head.targetEnd);
    }

    /** Whether the path is exactly this one; an encoded character equals only itself. */
    public boolean pathIs(byte[] path) {
        int length = head().pathEnd - head.pathStart;
        if (length == 0) {
            return path.length == 1 && path[0] == '/';
        }
        return length == path.length
                && Ascii.startsWith(head.bytes, head.pathStart, head.pathEnd, path);
    }

    /** Whether the path begins with this; an encoded character equals only itself. */
    public boolean pathStartsWith(byte[] prefix) {
        return Ascii.startsWith(head().bytes, head.pathStart, head.pathEnd, prefix);
    }

    /** The digit behind {@code HTTP/1.}: 0 or 1. */
    public int minorVersion() {
        return head().minorVersion;
    }

    /** The value of the first field of this name, whatever its case, as ISO 8859-1; or null. */
    public @Nullable String header(String name) {
        int field = head().find(name, 0);
        return field < 0 ? null : fieldValue(field);
    }

    /** How many fields there are, for {@link #fieldName} and {@link #fieldValue}. */
    public int fieldCount() {
        return head().fieldCount();
    }

    /** The name of a field as it was sent. */
    public String fieldName(int index) {
        return Ascii.string(head().bytes, head.nameStart(index), head.nameEnd(index));
    }

    /** The value of a field, as ISO 8859-1, without the blanks around it. */
    public String fieldValue(int index) {
        return Ascii.string(head().bytes, head.valueStart(index), head.valueEnd(index));
    }

    /** The size of the body: 0 if there is none, -1 if it is chunked. */
    public long contentLength() {
        if (head().has(RequestHead.CHUNKED)) {
            return -1;
        }
        return Math.max(0, head.contentLength);
    }

    /** The client's address; unnamed if it has gone. */
    public Address remoteAddress() {
        return connection().remoteAddress();
    }

    /** The bytes that the ranges below are of; leased like the request. */
    public MemorySegment bytes() {
        return head().bytes;
    }

    /** Where the path begins in {@link #bytes}. */
    public int pathStart() {
        return head().pathStart;
    }

    /** The index behind the path in {@link #bytes}. */
    public int pathEnd() {
        return head().pathEnd;
    }

    /** The index of the first byte of the request line in {@link #bytes}. */
    public int lineStart() {
        return head().methodStart;
    }

    /** The index behind the request line in {@link #bytes}, without its line end. */
    public int lineEnd() {
        return head().fieldsStart - 2;
    }

    /** The index of the first field of this name, whatever its case; or -1. */
    public int findField(String name) {
        return head().find(name, 0);
    }

    /** Where the value of a field begins in {@link #bytes}. */
    public int valueStart(int field) {
        return head().valueStart(field);
    }

    /** The index behind the value of a field in {@link #bytes}. */
    public int valueEnd(int field) {
        return head().valueEnd(field);
    }
}
