// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.forklab;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;

/** Clients of a listener that children serve. Confined to one thread. */
final class Clients implements AutoCloseable {
    /** The children have ended by then: what is not there will not come. */
    private static final int ANSWER_MS = 1_000;

    private static final byte[] HELLO = "hello".getBytes(US_ASCII);
    private final List<Socket> sockets = new ArrayList<>();

    /** Connects so many clients, which ask at once. */
    Clients(InetSocketAddress server, int count) throws IOException {
        for (int i = 0; i < count; i++) {
            Socket socket = new Socket(server.getAddress(), server.getPort());
            sockets.add(socket);
            socket.setSoTimeout(ANSWER_MS);
            socket.getOutputStream().write(HELLO);
        }
    }

    /** The processes that have answered, or what came instead. */
    List<String> answers() {
        List<String> all = new ArrayList<>();
        for (Socket each : sockets) {
            try {
                InputStreamReader bytes = new InputStreamReader(each.getInputStream(), US_ASCII);
                all.add(String.valueOf(new BufferedReader(bytes).readLine()));
            } catch (IOException e) {
                all.add(e.toString());
            }
        }
        return all;
    }

    @Override
    public void close() throws IOException {
        for (Socket each : sockets) {
            each.close();
        }
    }
}
