// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.command;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The keys of a terminal one by one, without a line's end and without showing them; where there is
 * no terminal, bytes of standard input. Confined to one thread; closing it restores the terminal,
 * and so does the end of the process.
 */
final class Keyboard implements AutoCloseable {
    private static final long LOOK_MS = 50;
    private static final int END_OF_TEXT = 3;

    private final Thread restoring = new Thread(Keyboard::restore);

    private Keyboard() {}

    /** Takes over the terminal, if there is one. */
    static Keyboard open() {
        Keyboard keyboard = new Keyboard();
        Runtime.getRuntime().addShutdownHook(keyboard.restoring);
        stty("-icanon", "-echo");
        return keyboard;
    }

    /** Waits for a while; true as soon as somebody types q or Ctrl-C. */
    boolean ends(Duration time) throws InterruptedException {
        long endNs = System.nanoTime() + time.toNanos();
        while (System.nanoTime() < endNs) {
            int key = key();
            if (key == 'q' || key == 'Q' || key == END_OF_TEXT) {
                return true;
            }
            if (key < 0) {
                long leftMs = (endNs - System.nanoTime()) / 1_000_000;
                Thread.sleep(Math.clamp(leftMs, 1, LOOK_MS));
            }
        }
        return false;
    }

    /** The next key, or -1 if none is waiting. */
    private static int key() {
        try {
            return System.in.available() > 0 ? System.in.read() : -1;
        } catch (IOException e) {
            // Standard input is closed: nobody types.
            return -1;
        }
    }

    private static void restore() {
        stty("icanon", "echo");
    }

    /** Sets modes of the terminal, stty(1), which refuses what is none. */
    private static void stty(String... modes) {
        List<String> command = new ArrayList<>(List.of("stty"));
        command.addAll(List.of(modes));
        try {
            new ProcessBuilder(command)
                    .redirectInput(ProcessBuilder.Redirect.INHERIT)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor();
        } catch (IOException e) {
            // Without stty, q takes effect with the end of the line.
            return;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        restore();
        Runtime.getRuntime().removeShutdownHook(restoring);
    }
}
