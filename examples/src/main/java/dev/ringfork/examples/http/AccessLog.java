// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.http;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Middleware: writes a line for each request, in the combined format of the usual servers, followed
 * by the seconds from the request to its answer.
 *
 * <p>Safe for use by many threads. The loop makes the line and puts it in a bounded queue; a daemon
 * thread writes. A loop never waits for a disk: if the queue is full the line is dropped and
 * counted, and the count is written when the log is closed. A request costs about a kilobyte of
 * garbage.
 *
 * <p>It has a thread, so it is made in the process that serves, not in one that is forked later.
 */
public final class AccessLog implements Middleware, AutoCloseable {
    /** About a megabyte of lines: a tenth of a second of a busy server. */
    static final int QUEUE_LINES = 8192;

    /** How long {@link #close} waits for the lines that are queued. */
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

    private static final System.Logger LOG = System.getLogger(AccessLog.class.getName());

    /** What is opened again when it was moved away; null for a stream of the caller's. */
    private final @Nullable Path file;

    private final InstantSource clock;
    private final BlockingQueue<String> queue;
    private final LongAdder dropped = new LongAdder();
    private final Thread writer;

    /** The writer's, once it runs. */
    private OutputStream out;

    private volatile boolean reopen;
    private volatile boolean closing;

    AccessLog(@Nullable Path file, OutputStream out, InstantSource clock, int queueLines) {
        this.file = file;
        this.out = out;
        this.clock = clock;
        this.queue = new ArrayBlockingQueue<>(queueLines);
        this.writer = Thread.ofPlatform().daemon().name("access-log").unstarted(this::write);
        writer.start();
    }

    /**
     * A log at the end of a file, which is made if need be.
     *
     * @throws IOException if the file cannot be opened
     */
    public static AccessLog to(Path file) throws IOException {
        return new AccessLog(file, append(file), InstantSource.system(), QUEUE_LINES);
    }

    /** A log on a stream, which stays the caller's; {@link #reopen} does nothing. */
    public static AccessLog to(OutputStream stream) {
        return new AccessLog(null, stream, InstantSource.system(), QUEUE_LINES);
    }

    private static OutputStream append(Path file) throws IOException {
        return new FileOutputStream(file.toFile(), true);
    }

    @Override
    public Handler around(Handler next) {
        return request -> {
            long startedNs = System.nanoTime();
            Response response = next.handle(request);
            String line = AccessLine.begin(request, clock.millis());
            String agents = AccessLine.agents(request);
            return response.map(known -> {
                long tookNs = System.nanoTime() - startedNs;
                offer(AccessLine.join(line, known, agents, tookNs));
                return known;
            });
        };
    }

    private void offer(String line) {
        if (closing || !queue.offer(line)) {
            dropped.increment();
        }
    }

    /** How many lines were dropped so far. */
    public long dropped() {
        return dropped.sum();
    }

    /** Opens the file again before the next line is written: the old one was moved away. */
    public void reopen() {
        reopen = true;
    }

    /** Writes what is queued, says how much was dropped, and ends. */
    @Override
    public void close() {
        closing = true;
        writer.interrupt();
        try {
            writer.join(CLOSE_TIMEOUT);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void write() {
        List<String> lines = new ArrayList<>();
        while (!closing) {
            try {
                lines.add(queue.take());
            } catch (InterruptedException e) {
                // Only close() interrupts, and it has said so before.
                continue;
            }
            queue.drainTo(lines);
            write(lines);
        }
        queue.drainTo(lines);
        if (dropped() > 0) {
            lines.add("# %d lines were dropped: the log was too slow\n".formatted(dropped()));
        }
        write(lines);
        if (file != null) {
            close(out);
        }
    }

    private static void close(OutputStream stream) {
        try {
            stream.close();
        } catch (IOException e) {
            LOG.log(Level.WARNING, "the access log was not closed", e);
        }
    }

    private void write(List<String> lines) {
        StringBuilder text = new StringBuilder();
        lines.forEach(text::append);
        try {
            if (reopen && file != null) {
                OutputStream old = out;
                out = append(file);
                reopen = false;
                close(old);
            }
            out.write(text.toString().getBytes(StandardCharsets.ISO_8859_1));
            out.flush();
        } catch (IOException e) {
            dropped.add(lines.size());
            LOG.log(Level.WARNING, lines.size() + " lines of the access log were lost", e);
        }
        lines.clear();
    }
}
