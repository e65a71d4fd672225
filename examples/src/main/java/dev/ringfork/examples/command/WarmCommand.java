// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.command;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;

/**
 * {@code ringfork warm}: the run that the JVM's start-up cache is recorded from.
 *
 * <p>It does all that a server does from start to drain, on a port that the kernel chooses, with a
 * client beside it in the same process. What it loads is what the cache will hold.
 */
@Command(name = "warm", hidden = true, description = "Serves itself for a moment.")
final class WarmCommand implements Runnable {
    private static final Pattern PORT = Pattern.compile("127\\.0\\.0\\.1:(\\d+)");

    /** Enough for all that is on the way of a request to be compiled; about a second. */
    private static final int REQUESTS = 20_000;

    private final Console console;

    WarmCommand(Console console) {
        this.console = console;
    }

    @Override
    public void run() {
        try (PipedOutputStream out = new PipedOutputStream();
                BufferedReader lines =
                        new BufferedReader(
                                new InputStreamReader(new PipedInputStream(out), US_ASCII))) {
            CompletableFuture<Void> client = CompletableFuture.runAsync(() -> load(lines));
            int exitCode =
                    Main.run(
                            new String[] {"serve", "--port=0"},
                            Map.of(),
                            new PrintStream(out, true, US_ASCII),
                            console.err());
            client.join();
            if (exitCode != 0) {
                throw Refusal.failure("the server ended with exit code " + exitCode, null);
            }
            console.result(REQUESTS + " requests were served");
        } catch (IOException | CompletionException e) {
            throw Refusal.failure("the client failed: " + Refusal.message(e), e);
        }
    }

    /**
     * Waits for the line that says where the server is, asks it, and ends it as an operator does.
     */
    private static void load(BufferedReader lines) {
        try {
            String line = String.valueOf(lines.readLine());
            Matcher port = PORT.matcher(line);
            if (!port.find()) {
                throw new IOException("no server: " + line);
            }
            WarmClient.ask(Integer.parseInt(port.group(1)), REQUESTS);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            Signals.raise("TERM");
        }
    }
}
