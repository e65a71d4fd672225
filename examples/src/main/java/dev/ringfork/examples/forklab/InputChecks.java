// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.forklab;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;

/** Selectors, sockets, files and programs. */
final class InputChecks {
    private static final long WAIT_S = 20;
    private static final byte[] HELLO = "hello".getBytes(US_ASCII);

    private InputChecks() {}

    static List<Check> all() {
        return List.of(
                new Check("a selector", lab -> selector()),
                new Check("sockets", lab -> sockets(Thread.ofPlatform().daemon())),
                new Check("sockets of virtual threads", lab -> sockets(Thread.ofVirtual())),
                new Check("files", InputChecks::files));
    }

    /** A check that is slow: a program is started. */
    static Check program() {
        return new Check(
                "a program",
                lab -> {
                    Process echo =
                            new ProcessBuilder("/bin/sh", "-c", "echo out; exit 7")
                                    .redirectErrorStream(true)
                                    .start();
                    String said = new String(echo.getInputStream().readAllBytes(), US_ASCII);
                    Broken.unlessEqual("what a program says", "out\n", said);
                    Broken.unless(echo.waitFor(WAIT_S, TimeUnit.SECONDS), "a program does not end");
                    Broken.unlessEqual("a program's exit code", 7, echo.exitValue());
                });
    }

    /** Answers two clients of the parent's listener, which siblings have as well. */
    static Check requests(ServerSocketChannel listener) {
        return new Check(
                "requests on the parent's listener",
                lab -> {
                    ByteBuffer answer =
                            ByteBuffer.wrap((lab.calls.pid() + "\n").getBytes(US_ASCII));
                    serve(listener, answer);
                    onThread(
                            Thread.ofVirtual(),
                            () -> {
                                serve(listener, answer.rewind());
                                return 0;
                            });
                });
    }

    private static void serve(ServerSocketChannel listener, ByteBuffer answer) throws IOException {
        try (SocketChannel client = listener.accept()) {
            client.read(ByteBuffer.allocate(HELLO.length));
            client.write(answer);
        }
    }

    private static <T> T onThread(Thread.Builder builder, Callable<T> body) throws Exception {
        FutureTask<T> task = new FutureTask<>(body);
        builder.start(task);
        return task.get(WAIT_S, TimeUnit.SECONDS);
    }

    private static void selector() throws Exception {
        try (Selector selector = Selector.open()) {
            Pipe pipe = Pipe.open();
            try (Pipe.SinkChannel sink = pipe.sink();
                    Pipe.SourceChannel source = pipe.source()) {
                source.configureBlocking(false);
                source.register(selector, SelectionKey.OP_READ);
                Broken.unlessEqual("what is ready before", 0, selector.selectNow());
                sink.write(ByteBuffer.wrap(HELLO));
                Broken.unlessEqual(
                        "what is ready", 1, selector.select(TimeUnit.SECONDS.toMillis(WAIT_S)));
                selector.wakeup();
                source.read(ByteBuffer.allocate(HELLO.length));
                selector.selectedKeys().clear();
                Broken.unlessEqual("what is ready after", 0, selector.select(1));
            }
        }
    }

    private static void sockets(Thread.Builder builder) throws Exception {
        InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        try (ServerSocketChannel listener = ServerSocketChannel.open().bind(any)) {
            FutureTask<Integer> server =
                    new FutureTask<>(() -> {
                        try (SocketChannel accepted = listener.accept()) {
                            return accepted.write(heard(accepted));
                        }
                    });
            builder.start(server);
            Broken.unlessEqual("what came back", "hello", said(listener.getLocalAddress()));
            Broken.unlessEqual("what was sent", 5, server.get(WAIT_S, TimeUnit.SECONDS));
        }
    }

    private static String said(SocketAddress server) throws IOException {
        try (SocketChannel client = SocketChannel.open(server)) {
            client.write(ByteBuffer.wrap(HELLO));
            client.shutdownOutput();
            return US_ASCII.decode(heard(client)).toString();
        }
    }

    /** All until the end. */
    private static ByteBuffer heard(SocketChannel channel) throws IOException {
        ByteBuffer heard = ByteBuffer.allocate(2 * HELLO.length);
        int n;
        do {
            n = channel.read(heard);
        } while (n > 0);
        return heard.flip();
    }

    private static void files(Lab lab) throws Exception {
        Path file = Files.createTempFile(lab.folder, "file", null);
        Files.write(file, HELLO);
        String content = Files.readString(file);
        Files.delete(file);
        Broken.unlessEqual("what is in a file", "hello", content);
    }
}
