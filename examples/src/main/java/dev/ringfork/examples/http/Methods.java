// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.http;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** The methods whose names need not be made anew for each request. Stateless. */
final class Methods {
    static final String GET = "GET";
    static final String HEAD = "HEAD";
    static final String OPTIONS = "OPTIONS";
    static final String CONNECT = "CONNECT";

    private static final String[] KNOWN = {
        GET, HEAD, "POST", "PUT", "DELETE", OPTIONS, "PATCH", "TRACE", CONNECT
    };

    private Methods() {}

    /** The name at a range, case and all, or null if it is none of those that are known. */
    static @Nullable String find(MemorySegment bytes, int start, int end) {
        for (String method : KNOWN) {
            if (method.length() == end - start && matches(bytes, start, method)) {
                return method;
            }
        }
        return null;
    }

    private static boolean matches(MemorySegment bytes, int start, String method) {
        for (int i = 0; i < method.length(); i++) {
            if (Ascii.at(bytes, start + i) != method.charAt(i)) {
                return false;
            }
        }
        return true;
    }
}
