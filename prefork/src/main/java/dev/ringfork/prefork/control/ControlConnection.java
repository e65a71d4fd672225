// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.control;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.Syscalls;
import dev.ringfork.bindings.abi.SocketConstants;
import dev.ringfork.reactor.EventHandler;
import dev.ringfork.reactor.Reactor;
import dev.ringfork.reactor.Registration;
import dev.ringfork.reactor.Timer;
import dev.ringfork.reactor.demux.Interest;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * One operator's connection: a line comes, lines go, and then it is closed.
 *
 * <p>Confined to the loop's thread. Owns its descriptor.
 */
final class ControlConnection implements EventHandler {
    /** More than the longest request. */
    static final int LINE_BYTES = 256;

    /** Longer than any program needs; short enough that the dead do not keep others out. */
    static final long SILENCE_NS = 10_000_000_000L;

    /** What may wait to be read: all workers there can be, twice, with a kilobyte each. */
    private static final int PENDING_BYTES_MOST = 2 * 1024 * 1024;

    private static final int CHUNK_BYTES = 16 * 1024;

    /** What the connections belong to. */
    interface Host {
        /** A line has come, and is to be answered. */
        void asked(ControlConnection connection, String line);

        /** The connection was closed. */
        void closed(ControlConnection connection);
    }

    private final Syscalls syscalls;
    private final Reactor reactor;
    private final Host host;
    private final int fd;
    private final long silenceNs;
    private final Registration registration = new Registration(this);
    private final Timer silence = new Timer(this::close);
    private final ByteArrayOutputStream line = new ByteArrayOutputStream(LINE_BYTES);
    private byte[] pending = new byte[0];
    private int written;
    private boolean finished;
    private boolean closed;
    private @Nullable Goal goal;

    /**
     * Takes over an accepted, non-blocking socket.
     *
     * @param silenceNs how long the other side may say nothing, or read nothing
     */
    ControlConnection(Syscalls syscalls, Reactor reactor, Host host, int fd, long silenceNs) {
        this.syscalls = syscalls;
        this.reactor = reactor;
        this.host = host;
        this.fd = fd;
        this.silenceNs = silenceNs;
    }

    /** Begins to read; false if the loop cannot watch it, and it is closed. */
    boolean open() {
        if (reactor.add(registration, fd, Interest.READ) < 0) {
            close();
            return false;
        }
        beSilentAtMost();
        return true;
    }

    private void beSilentAtMost() {
        reactor.schedule(silence, reactor.nowNs() + silenceNs);
    }

    @Override
    public void ready(Registration ready, int bits) {
        if ((bits & Interest.WRITE) != 0) {
            flush();
        } else {
            read();
        }
    }

    @Override
    public void broken(Registration ready, int bits) {
        // What was asked for goes on: it is the master's.
        close();
    }

    private void read() {
        try (Arena call = Arena.ofConfined()) {
            MemorySegment bytes = call.allocate(LINE_BYTES);
            long count = syscalls.sockets().recv(fd, bytes.address(), LINE_BYTES, 0);
            if (count == -Errno.EAGAIN || count == -Errno.EINTR) {
                registration.exhausted(Interest.READ);
            } else if (count <= 0) {
                close();
            } else {
                received(bytes.asSlice(0, count).toArray(JAVA_BYTE));
            }
        }
    }

    private void received(byte[] bytes) {
        for (byte each : bytes) {
            if (each == '\n') {
                // Nothing more is read: who goes away is noticed all the same.
                registration.interest(0);
                host.asked(this, line.toString(UTF_8));
                return;
            }
            if (line.size() == LINE_BYTES) {
                registration.interest(0);
                finish(Verdict.refused("a line has at most %d bytes".formatted(LINE_BYTES)));
                return;
            }
            line.write(each);
        }
    }

    /** Waits for something, however long it takes. */
    void pursue(Goal goal) {
        this.goal = goal;
        reactor.cancel(silence);
    }

    /** What it waits for, or null if nothing. */
    @Nullable Goal goal() {
        return goal;
    }

    /** Sends a line; does nothing when it is closed. */
    void say(String text) {
        if (closed || finished) {
            return;
        }
        byte[] added = (text + "\n").getBytes(UTF_8);
        int left = pending.length - written;
        if (left + added.length > PENDING_BYTES_MOST) {
            close();
            return;
        }
        byte[] all = new byte[left + added.length];
        System.arraycopy(pending, written, all, 0, left);
        System.arraycopy(added, 0, all, left, added.length);
        pending = all;
        written = 0;
        flush();
    }

    /** Sends the last line, and closes when it is sent. */
    void finish(Verdict verdict) {
        goal = null;
        say(oneLine(verdict.toString()));
        finished = true;
        if (written == pending.length) {
            close();
        }
    }

    /** The same text without ends of lines. */
    static String oneLine(String text) {
        return text.replaceAll("\\s*\\R\\s*", " ");
    }

    private void flush() {
        try (Arena call = Arena.ofConfined()) {
            MemorySegment chunk = call.allocate(CHUNK_BYTES);
            while (!closed && written < pending.length) {
                int count = Math.min(CHUNK_BYTES, pending.length - written);
                MemorySegment.copy(pending, written, chunk, JAVA_BYTE, 0, count);
                long sent =
                        syscalls.sockets()
                                .send(fd, chunk.address(), count, SocketConstants.MSG_NOSIGNAL);
                if (sent == -Errno.EAGAIN) {
                    registration.exhausted(Interest.WRITE);
                    registration.interest(Interest.WRITE);
                    beSilentAtMost();
                    return;
                }
                if (sent >= 0) {
                    written += (int) sent;
                } else if (sent != -Errno.EINTR) {
                    close();
                }
            }
        }
        if (!closed) {
            written();
        }
    }

    private void written() {
        if (finished) {
            close();
        } else if (registration.interest() == Interest.WRITE) {
            registration.interest(0);
            reactor.cancel(silence);
        }
    }

    /** Closes it, whatever is under way. Does nothing a second time. */
    void close() {
        if (!closed) {
            closed = true;
            goal = null;
            reactor.cancel(silence);
            registration.remove();
            syscalls.descriptors().close(fd);
            host.closed(this);
        }
    }
}
