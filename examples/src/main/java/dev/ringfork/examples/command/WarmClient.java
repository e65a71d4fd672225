// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.command;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.util.Locale;

/** One connection that asks an HTTP server on this machine for one thing, again and again. */
final class WarmClient implements AutoCloseable {
    private static final int TIMEOUT_MS = 10_000;

    /** A new connection after this many: accepting and closing are to be warm too. */
    private static final int REQUESTS_PER_CONNECTION = 100;

    /** What browsers and curl send, in short. */
    private static final byte[] REQUEST =
            """
            GET / HTTP/1.1\r
            Host: 127.0.0.1\r
            User-Agent: ringfork\r
            Accept: */*\r
            \r
            """
                    .getBytes(US_ASCII);

    private static final String LENGTH = "content-length:";

    private final Socket socket;
    private final BufferedReader in;

    WarmClient(int port) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(TIMEOUT_MS);
        in = new BufferedReader(new InputStreamReader(socket.getInputStream(), US_ASCII));
    }

    /** Asks for so many, with connections that are used often but not always. */
    static void ask(int port, int requests) throws IOException {
        for (int done = 0; done < requests; done += REQUESTS_PER_CONNECTION) {
            try (WarmClient client = new WarmClient(port)) {
                client.exchange(Math.min(REQUESTS_PER_CONNECTION, requests - done));
            }
        }
    }

    /** Sends a request and reads its answer, this many times. */
    void exchange(int times) throws IOException {
        for (int i = 0; i < times; i++) {
            socket.getOutputStream().write(REQUEST);
            skipAnswer();
        }
    }

    private void skipAnswer() throws IOException {
        String line = in.readLine();
        if (line == null || !line.startsWith("HTTP/1.1 200 ")) {
            throw new IOException("an answer that begins with " + line);
        }
        long length = 0;
        while ((line = in.readLine()) != null && !line.isEmpty()) {
            if (line.toLowerCase(Locale.ROOT).startsWith(LENGTH)) {
                length = Long.parseLong(line.substring(LENGTH.length()).strip());
            }
        }
        in.skip(length);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
