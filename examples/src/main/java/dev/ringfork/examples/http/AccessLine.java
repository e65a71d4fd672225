// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.http;

import dev.ringfork.bindings.Address;
import dev.ringfork.reactor.protocol.Connection;
import java.lang.foreign.MemorySegment;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.Locale;

/**
 * A line of the access log: {@code 192.0.2.7 - - [06/Nov/1994:08:49:37 +0000] "GET / HTTP/1.1" 200
 * 14 "-" "curl/8.5" 0.000123}.
 *
 * <p>What a client chose is written so that it cannot end a line or a pair of quotes, and not
 * without bound. Stateless.
 */
final class AccessLine {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("dd/MMM/yyyy:HH:mm:ss", Locale.ENGLISH);

    /** A longer target or agent is cut: it was made to fill the disk. */
    private static final int QUOTED_BYTES = 1024;

    private static final HexFormat HEX = HexFormat.of();

    /** The text of a second. Two threads may both make it, and make the same. */
    private record Stamp(long second, String text) {}

    private static Stamp stamp = new Stamp(-1, "");

    private AccessLine() {}

    /** Everything up to the status. */
    static String begin(Request request, long millis) {
        StringBuilder line = new StringBuilder(128);
        line.append(host(request.connection())).append(" - - [");
        line.append(time(Math.floorDiv(millis, 1000))).append(" +0000] ");
        quote(line, request.bytes(), request.lineStart(), request.lineEnd());
        return line.toString();
    }

    /** Where the client came from and what it is, as it says. */
    static String agents(Request request) {
        StringBuilder agents = new StringBuilder(128);
        field(agents, request, "Referer");
        field(agents.append(' '), request, "User-Agent");
        return agents.toString();
    }

    /** The whole line. */
    static String join(String begin, Response response, String agents, long tookNs) {
        StringBuilder line = new StringBuilder(begin.length() + agents.length() + 48);
        line.append(begin).append(' ').append(response.status()).append(' ');
        if (response.contentLength() < 0) {
            line.append('-');
        } else {
            line.append(response.contentLength());
        }
        line.append(' ').append(agents).append(' ');
        long micros = tookNs / 1000;
        String fraction = Long.toString(micros % 1_000_000);
        line.append(micros / 1_000_000).append('.').repeat('0', 6 - fraction.length());
        return line.append(fraction).append('\n').toString();
    }

    private static String host(Connection connection) {
        Address client = connection.remoteAddress();
        String text = client.toString();
        if (ported(client)) {
            return text.substring(0, text.lastIndexOf(':'));
        }
        // One that had an address and was gone before anybody asked; others never had a name.
        boolean gone = client instanceof Address.Unnamed && ported(connection.localAddress());
        return gone ? "-" : text;
    }

    private static boolean ported(Address address) {
        return address instanceof Address.Inet4 || address instanceof Address.Inet6;
    }

    private static String time(long second) {
        Stamp known = stamp;
        if (known.second != second) {
            LocalDateTime time = LocalDateTime.ofEpochSecond(second, 0, ZoneOffset.UTC);
            known = new Stamp(second, TIME.format(time));
            stamp = known;
        }
        return known.text;
    }

    private static void field(StringBuilder line, Request request, String name) {
        int field = request.findField(name);
        if (field < 0) {
            line.append("\"-\"");
        } else {
            quote(line, request.bytes(), request.valueStart(field), request.valueEnd(field));
        }
    }

    private static void quote(StringBuilder line, MemorySegment bytes, int from, int to) {
        line.append('"');
        for (int i = from; i < Math.min(to, from + QUOTED_BYTES); i++) {
            byte b = Ascii.at(bytes, i);
            if (b < 0x20 || b == 0x7f || b == '"' || b == '\\') {
                HEX.toHexDigits(line.append("\\x"), b);
            } else {
                line.append((char) b);
            }
        }
        line.append('"');
    }
}
