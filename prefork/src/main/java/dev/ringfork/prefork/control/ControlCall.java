// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.control;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Asks a master over its {@link ControlSocket}, from another process. */
public final class ControlCall {
    private static final String PROGRESS = "- ";

    private ControlCall() {}

    /**
     * Asks, and waits until it is done, however long that takes. Blocks.
     *
     * @param shown receives what was asked for, line by line
     * @param progress receives what happens meanwhile
     * @throws IOException if nobody answers: the message says what may be the cause
     */
    public static Verdict ask(
            Path path, Request request, Consumer<String> shown, Consumer<String> progress)
            throws IOException {
        try (SocketChannel channel = connect(path);
                BufferedReader lines = new BufferedReader(Channels.newReader(channel, UTF_8))) {
            channel.write(ByteBuffer.wrap((request + "\n").getBytes(UTF_8)));
            Verdict verdict = null;
            for (String line; (line = lines.readLine()) != null; ) {
                verdict = Verdict.read(line);
                if (verdict == null) {
                    show(line, request, shown, progress);
                }
            }
            return answered(verdict, path);
        }
    }

    private static void show(
            String line, Request request, Consumer<String> shown, Consumer<String> progress) {
        if (request.verb().command() != null && line.startsWith(PROGRESS)) {
            progress.accept(line.substring(PROGRESS.length()));
        } else {
            shown.accept(line);
        }
    }

    private static Verdict answered(@Nullable Verdict verdict, Path path) throws IOException {
        if (verdict == null) {
            throw new IOException(
                    "%s: the master has gone away before it had answered".formatted(path));
        }
        return verdict;
    }

    private static SocketChannel connect(Path path) throws IOException {
        if (!Files.exists(path)) {
            throw new IOException(
                    "there is no socket %s: is the server running, and was it started with --control %s?"
                            .formatted(path, path));
        }
        try {
            return SocketChannel.open(UnixDomainSocketAddress.of(path));
        } catch (IOException e) {
            throw new IOException(
                    "%s: %s; is the server running, and are you its user or root?"
                            .formatted(path, e.getMessage()),
                    e);
        }
    }
}
