// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.passing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ringfork.bindings.Address;
import dev.ringfork.bindings.PeerCredentials;
import dev.ringfork.bindings.Platform;
import dev.ringfork.bindings.SocketOption;
import dev.ringfork.bindings.Syscalls;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Descriptors to and from another program, Python's {@code socket.send_fds} and its kin. */
final class PythonPeerTest {
    private static final Duration SOON = Duration.ofSeconds(30);

    /** Connects, and defines how a message is sent and received with each framing. */
    private static final String PRELUDE =
            """
            import array, os, socket, struct, sys
            kind = socket.SOCK_STREAM if sys.argv[2] == 'HEADER' else socket.SOCK_SEQPACKET
            sock = socket.socket(socket.AF_UNIX, kind)
            sock.connect(sys.argv[1])
            def send(payload, fds):
                head = struct.pack('>II', len(payload), len(fds)) if kind == socket.SOCK_STREAM else b''
                socket.send_fds(sock, [head, payload], fds)
            def receive():
                if kind == socket.SOCK_STREAM:
                    head, fds, flags, _ = socket.recv_fds(sock, 8, 9)
                    length, count = struct.unpack('>II', head)
                    assert count == len(fds), (count, fds)
                    return sock.recv(length), fds
                payload, fds, flags, _ = socket.recv_fds(sock, 4096, 9)
                return payload, fds
            """;

    @TempDir private Path folder;

    @BeforeEach
    void requirePython() throws IOException, InterruptedException {
        Process version;
        try {
            version = new ProcessBuilder("python3", "-c", "import socket; socket.send_fds").start();
        } catch (IOException absent) {
            assumeTrue(false, "python3 is not installed: " + absent.getMessage());
            return;
        }
        assumeTrue(
                version.waitFor(30, TimeUnit.SECONDS) && version.exitValue() == 0,
                "python3 has no socket.send_fds (3.9 and later have)");
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
    }

    private Process python(Path path, Framing framing, String script) throws IOException {
        return new ProcessBuilder(
                        "python3", "-c", PRELUDE + script, path.toString(), framing.name())
                .redirectErrorStream(true)
                .start();
    }

    private static void assertDone(Process python) throws IOException, InterruptedException {
        assertTrue(python.waitFor(30, TimeUnit.SECONDS), "python3 hangs");
        String said = new String(python.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, python.exitValue(), said);
    }

    private static DescriptorSocket accept(DescriptorListener listener) {
        DescriptorSocket socket = listener.accept(SOON);
        assertNotNull(socket, "python3 did not connect");
        return socket;
    }

    private static void assumeConnects(Framing framing) {
        assumeTrue(
                framing == Framing.HEADER || Platform.current().linux(),
                "macOS has no SOCK_SEQPACKET");
    }

    @ParameterizedTest
    @EnumSource
    void shouldReceiveWhatPythonSends(Framing framing) throws Exception {
        assumeConnects(framing);
        Path path = folder.resolve("s");
        try (DescriptorListener listener = DescriptorListener.listen(path, framing)) {
            assertEquals(
                    "rw-------",
                    PosixFilePermissions.toString(Files.getPosixFilePermissions(path)));
            String script =
                    """
                    read, write = os.pipe()
                    os.write(write, b'from python')
                    send(b'two', [read, write])
                    send(b'none', [])
                    """;
            Process python = python(path, framing, script);
            try (DescriptorSocket socket = accept(listener)) {
                try (ReceivedDescriptors received = socket.receive(2, SOON)) {
                    assertNotNull(received);
                    assertEquals("two", new String(received.payload(), StandardCharsets.UTF_8));
                    assertEquals(2, received.count());
                    assertEquals("from python", Pipe.read(received.fd(0)));
                }
                try (ReceivedDescriptors none = socket.receive(0, SOON)) {
                    assertNotNull(none);
                    assertEquals("none", new String(none.payload(), StandardCharsets.UTF_8));
                }
                assertNull(socket.receive(0, SOON));
                assertTrue(socket.ended());
            }
            assertDone(python);
        }
        assertTrue(Files.notExists(path), "the listener takes its path along");
    }

    @ParameterizedTest
    @EnumSource
    void shouldSendWhatPythonReceives(Framing framing) throws Exception {
        assumeConnects(framing);
        Path path = folder.resolve("s");
        try (DescriptorListener listener = DescriptorListener.listen(path, framing);
                Pipe pipe = new Pipe()) {
            String script =
                    """
                    payload, fds = receive()
                    assert len(fds) == 2, fds
                    os.write(fds[1], b'got ' + payload)
                    """;
            Process python = python(path, framing, script);
            try (DescriptorSocket socket = accept(listener)) {
                byte[] payload = "it".getBytes(StandardCharsets.UTF_8);
                assertEquals(
                        Sending.SENT, socket.send(payload, SOON, pipe.reading(), pipe.writing()));
            }
            assertDone(python);
            assertEquals("got it", pipe.read());
            pipe.closeWriting();
            assertTrue(pipe.abandoned());
        }
    }

    // Trap: on a stream whose bytes a plain read takes, the descriptors among them are discarded.
    @Test
    void shouldReceiveFromAStreamWithoutFrames() throws Exception {
        Path path = folder.resolve("s");
        try (DescriptorListener listener = DescriptorListener.listen(path, Framing.HEADER)) {
            String script =
                    """
                    sock.send(b'before ')
                    read, write = os.pipe()
                    socket.send_fds(sock, [b'with'], [write])
                    sock.send(b' after')
                    """;
            Process python = python(path, Framing.HEADER, script);
            DescriptorSocket accepted = accept(listener);
            int fd = accepted.release();
            int descriptors = 0;
            StringBuilder text = new StringBuilder();
            try (DescriptorSocket raw = DescriptorSocket.adopt(fd, Framing.SOCKET)) {
                while (!raw.ended()) {
                    try (ReceivedDescriptors received = raw.receive(1, SOON)) {
                        if (received != null) {
                            descriptors += received.count();
                            text.append(new String(received.payload(), StandardCharsets.UTF_8));
                        }
                    }
                }
            }
            assertEquals(1, descriptors);
            assertEquals("before with after", text.toString());
            assertDone(python);
        }
    }

    // Trap: who connected need not be who sends.
    @Test
    void shouldTellWhoSendsFromWhoConnected() throws Exception {
        assumeTrue(SocketOption.SO_PASSCRED.supported(), SocketOption.SO_PASSCRED.absence());
        Path path = folder.resolve("s");
        try (DescriptorListener listener = DescriptorListener.listen(path, Framing.SOCKET)) {
            String script =
                    """
                    sock.recv(1)
                    child = os.fork()
                    if child == 0:
                        send(b'child', [])
                        os._exit(0)
                    os.waitpid(child, 0)
                    send(str(child).encode(), [])
                    """;
            Process python = python(path, Framing.SOCKET, script);
            try (DescriptorSocket socket = accept(listener)) {
                assertEquals(python.pid(), socket.peer().pid());
                socket.tellSenders();
                socket.send(new byte[1], SOON);
                ReceivedDescriptors child = socket.receive(0, SOON);
                ReceivedDescriptors parent = socket.receive(0, SOON);
                assertNotNull(child);
                assertNotNull(parent);
                PeerCredentials sender = child.sender();
                assertNotNull(sender);
                assertNotEquals(socket.peer(), sender);
                assertEquals(
                        new String(parent.payload(), StandardCharsets.UTF_8),
                        Integer.toString(sender.pid()));
                assertEquals(socket.peer(), parent.sender());
            }
            assertDone(python);
        }
    }

    @Test
    void shouldConnectToAListener() {
        Path path = folder.resolve("s");
        try (DescriptorListener listener = DescriptorListener.listen(path, Framing.HEADER);
                DescriptorSocket client =
                        DescriptorSocket.connect(
                                new Address.Unix(path.toString()), Framing.HEADER);
                DescriptorSocket server = accept(listener)) {
            assertEquals(Syscalls.get().processes().getpid(), server.peer().pid());
            assertEquals(Sending.SENT, client.trySend(new byte[] {7}, client.fd()));
            try (ReceivedDescriptors received = server.receive(1, SOON)) {
                assertNotNull(received);
                assertEquals(1, received.count());
            }
            assertNull(listener.accept(Duration.ZERO));
        }
    }
}
