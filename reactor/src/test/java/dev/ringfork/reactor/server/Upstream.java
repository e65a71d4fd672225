// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.server;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ringfork.bindings.Address;
import dev.ringfork.reactor.testing.Waiting;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;

/**
 * A server that connections are opened to, not built on what it tests: the JDK's sockets, blocking,
 * with a deadline.
 *
 * <p>Confined to the test's thread. Owns what it accepts.
 */
final class Upstream implements AutoCloseable {
    /** More than any kernel queues for a backlog of one. */
    private static final int FILL_MAX = 64;

    private final ServerSocket listener;
    private final List<AutoCloseable> opened = new ArrayList<>();

    Upstream() {
        try {
            listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
            listener.setSoTimeout((int) Waiting.DEADLINE.toMillis());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Address address() {
        return Address.parse("127.0.0.1:" + listener.getLocalPort());
    }

    /** The next connection. */
    Socket accept() {
        try {
            Socket accepted = listener.accept();
            accepted.setSoTimeout((int) Waiting.DEADLINE.toMillis());
            opened.add(accepted);
            return accepted;
        } catch (IOException e) {
            throw new UncheckedIOException("accepting", e);
        }
    }

    /** Whether nobody has come, nor comes within a moment. */
    boolean deserted() {
        try {
            listener.setSoTimeout(50);
            opened.add(listener.accept());
            return false;
        } catch (SocketTimeoutException e) {
            return true;
        } catch (IOException e) {
            throw new UncheckedIOException("accepting", e);
        }
    }

    /** Fills the queue, so that who comes next gets no answer. Skips where that cannot be done. */
    void fill() {
        InetSocketAddress here =
                new InetSocketAddress(listener.getInetAddress(), listener.getLocalPort());
        try {
            for (int i = 0; i < FILL_MAX; i++) {
                SocketChannel channel = SocketChannel.open();
                opened.add(channel);
                channel.configureBlocking(false);
                // On loopback the handshake is over when the call returns, or never.
                if (!channel.connect(here) && !channel.finishConnect()) {
                    return;
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("filling the queue", e);
        }
        Assumptions.abort("this system queues without end");
    }

    static void expect(Socket socket, String text) {
        try {
            byte[] bytes = socket.getInputStream().readNBytes(text.length());
            assertEquals(text, new String(bytes, US_ASCII));
        } catch (IOException e) {
            throw new UncheckedIOException("reading " + text, e);
        }
    }

    static void expectEnd(Socket socket) {
        try {
            assertEquals(-1, socket.getInputStream().read());
        } catch (IOException e) {
            throw new UncheckedIOException("reading the end", e);
        }
    }

    static void send(Socket socket, String text) {
        try {
            socket.getOutputStream().write(text.getBytes(US_ASCII));
        } catch (IOException e) {
            throw new UncheckedIOException("sending " + text, e);
        }
    }

    /** Closes what was accepted so far. */
    void closeAccepted() {
        try {
            for (AutoCloseable each : opened) {
                each.close();
            }
            opened.clear();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        try {
            listener.close();
            for (AutoCloseable each : opened) {
                each.close();
            }
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
