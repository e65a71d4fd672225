// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.http;

import dev.ringfork.bindings.Address;
import dev.ringfork.bindings.Syscalls;
import dev.ringfork.reactor.protocol.Buffer;
import dev.ringfork.reactor.protocol.Connection;
import dev.ringfork.reactor.protocol.Protocol;
import dev.ringfork.reactor.protocol.Session;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A connection in memory, driven by a test: it plays the client, the loop and the clock.
 *
 * <p>What the session writes is queued, and taken by the client at the end of each call unless the
 * client is {@link #slow}. Buffers are real native memory and no larger than the test says.
 */
final class RecordingConnection implements Connection {
    static final int DEFAULT_BUFFER_BYTES = 32 * 1024;

    private static final int HIGH_WATER = 64 * 1024;
    private static final int LOW_WATER = 32 * 1024;
    private static final int QUEUE_BOUND = 256 * 1024;

    private final Session session;
    private final Buffer in;
    private final Buffer tail;
    private final ByteArrayOutputStream queue = new ByteArrayOutputStream();
    private final ByteArrayOutputStream taken = new ByteArrayOutputStream();
    private final ByteArrayOutputStream toCome = new ByteArrayOutputStream();
    private final LinkedBlockingQueue<Runnable> tasks = new LinkedBlockingQueue<>();
    private boolean slow;
    private boolean congested;
    private boolean paused;
    private boolean offerAgain;
    private boolean closed;
    private boolean finished;
    private boolean aborted;
    private boolean ended;
    private boolean endTold;
    private boolean refusesTasks;
    private boolean gone;
    private long nowNs = 1_000_000_000;
    private long expiresNs = -1;
    private int pauses;

    RecordingConnection(Protocol protocol) {
        this(protocol, DEFAULT_BUFFER_BYTES);
    }

    RecordingConnection(Protocol protocol, int bufferBytes) {
        in = new Buffer(Arena.ofAuto().allocate(bufferBytes));
        tail = new Buffer(Arena.ofAuto().allocate(bufferBytes));
        session = protocol.open(this);
    }

    // What the client does.

    /** Sends text, one byte a character. */
    RecordingConnection send(String text) {
        return send(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** Sends bytes; what the session does not take now is offered when it resumes. */
    RecordingConnection send(byte[] bytes) {
        toCome.writeBytes(bytes);
        deliver();
        return this;
    }

    /** Sends text with one read for each byte. */
    RecordingConnection sendByteByByte(String text) {
        for (int i = 0; i < text.length() && !closed; i++) {
            send(text.substring(i, i + 1));
        }
        return this;
    }

    /** Is gone before the server asks who it was; what it has sent arrives. */
    RecordingConnection gone() {
        gone = true;
        return this;
    }

    /** Sends nothing more. */
    RecordingConnection endOfInput() {
        ended = true;
        deliver();
        return this;
    }

    /** Takes nothing from now on. */
    RecordingConnection slow() {
        slow = true;
        return this;
    }

    /** Takes all that is queued, and again each time something is. */
    RecordingConnection fast() {
        slow = false;
        endOfCall();
        return this;
    }

    /** All that was taken and not asked for before. */
    String text() {
        String text = taken.toString(StandardCharsets.ISO_8859_1);
        taken.reset();
        return text;
    }

    // What the loop does.

    private void deliver() {
        while ((offerAgain || toCome.size() > 0) && !paused && !closed) {
            offerAgain = false;
            byte[] waiting = toCome.toByteArray();
            in.compact();
            int count = Math.min(in.room(), waiting.length);
            MemorySegment.copy(waiting, 0, in.segment(), ValueLayout.JAVA_BYTE, in.end(), count);
            in.produced(count);
            toCome.reset();
            toCome.write(waiting, count, waiting.length - count);
            session.received(in);
            endOfCall();
            if (in.length() == in.capacity() && !paused && !closed) {
                throw new AssertionError("a full buffer was left untouched");
            }
        }
        if (ended && !endTold && toCome.size() == 0 && !closed && !paused) {
            endTold = true;
            session.endOfInput(this);
            endOfCall();
        }
    }

    private void endOfCall() {
        moveTail();
        while (!slow && queue.size() > 0) {
            taken.writeBytes(queue.toByteArray());
            queue.reset();
            if (congested) {
                congested = false;
                if (!closed) {
                    session.writable(this);
                    moveTail();
                }
            }
        }
    }

    /** Lets the client take some of what is queued. */
    void take(int count) {
        byte[] waiting = queue.toByteArray();
        int now = Math.min(count, waiting.length);
        taken.write(waiting, 0, now);
        queue.reset();
        queue.write(waiting, now, waiting.length - now);
        if (congested && queue.size() <= LOW_WATER) {
            congested = false;
            session.writable(this);
            moveTail();
        }
    }

    /** Does what resuming does at the next turn, and runs the tasks that were handed over. */
    void turn() {
        Runnable task;
        while ((task = tasks.poll()) != null) {
            task.run();
            endOfCall();
        }
        deliver();
    }

    /** Waits for one task of another thread, then turns. */
    void awaitTask() throws InterruptedException {
        Runnable task = tasks.poll(20, TimeUnit.SECONDS);
        if (task == null) {
            throw new AssertionError("no task came");
        }
        task.run();
        endOfCall();
        turn();
    }

    /** Lets time go by. */
    void pass(Duration time) {
        long until = nowNs + time.toNanos();
        while (expiresNs >= 0 && expiresNs <= until && !closed) {
            nowNs = expiresNs;
            expiresNs = -1;
            session.expired(this);
            endOfCall();
            turn();
        }
        nowNs = until;
    }

    void drain() {
        session.draining(this);
        endOfCall();
    }

    /** Ends the connection as a reset would. */
    void fail(int errno) {
        closed = true;
        session.closed(this, errno);
    }

    void refuseTasks() {
        refusesTasks = true;
    }

    boolean closed() {
        return closed;
    }

    /** Whether it was ended as one whose client wants nothing more. */
    boolean finished() {
        return finished;
    }

    boolean aborted() {
        return aborted;
    }

    boolean paused() {
        return paused;
    }

    int pauses() {
        return pauses;
    }

    /** How long until the session is called, or -1. */
    long timerNs() {
        return expiresNs < 0 ? -1 : expiresNs - nowNs;
    }

    // What the session does.

    private boolean accepts(long length) {
        return !closed && queuedBytes() + length <= QUEUE_BOUND;
    }

    private void moveTail() {
        byte[] bytes = new byte[tail.length()];
        MemorySegment.copy(
                tail.segment(), ValueLayout.JAVA_BYTE, tail.start(), bytes, 0, bytes.length);
        tail.clear();
        queue.writeBytes(bytes);
        congested |= queue.size() > HIGH_WATER;
    }

    @Override
    public boolean write(MemorySegment source, long offset, long length) {
        return write(source.asSlice(offset, length).toArray(ValueLayout.JAVA_BYTE));
    }

    @Override
    public boolean write(byte[] source) {
        if (!accepts(source.length)) {
            return false;
        }
        moveTail();
        queue.writeBytes(source);
        congested |= queue.size() > HIGH_WATER;
        return true;
    }

    @Override
    public boolean write(ByteBuffer source) {
        byte[] bytes = new byte[source.remaining()];
        source.get(bytes);
        return write(bytes);
    }

    @Override
    public boolean write(Buffer source) {
        boolean written = write(source.segment(), source.start(), source.length());
        if (written) {
            source.consume(source.length());
        }
        return written;
    }

    @Override
    public @Nullable Buffer output(int room) {
        if (room > bufferBytes()) {
            throw new IllegalArgumentException(room + " bytes do not fit in a buffer");
        }
        if (!accepts(room)) {
            return null;
        }
        if (tail.room() < room) {
            moveTail();
        }
        return tail;
    }

    @Override
    public boolean writeFile(int fd, long offset, long length) {
        MemorySegment copy = Arena.ofAuto().allocate(length);
        long read = Syscalls.get().descriptors().pread(fd, copy.address(), length, offset);
        Syscalls.get().descriptors().close(fd);
        return read == length && write(copy, 0, length);
    }

    @Override
    public long queuedBytes() {
        return (long) queue.size() + tail.length();
    }

    @Override
    public boolean congested() {
        return congested || queuedBytes() > HIGH_WATER;
    }

    @Override
    public int bufferBytes() {
        return tail.capacity();
    }

    @Override
    public void pause() {
        paused = true;
        pauses++;
    }

    @Override
    public void resume() {
        paused = false;
        offerAgain = in.length() > 0;
    }

    @Override
    public void expireAfter(long delayNs) {
        expiresNs = delayNs == 0 ? -1 : nowNs + delayNs;
    }

    @Override
    public void shutdownOutput() {
        throw new UnsupportedOperationException("the session never does this");
    }

    @Override
    public void close() {
        closed = true;
    }

    @Override
    public void finish() {
        closed = true;
        finished = true;
    }

    @Override
    public void abort() {
        closed = true;
        aborted = true;
    }

    @Override
    public boolean closing() {
        return closed;
    }

    @Override
    public boolean connect(Address address, Duration timeout, Protocol protocol) {
        throw new AssertionError("HTTP connects to nobody");
    }

    @Override
    public boolean execute(Runnable task) {
        return !refusesTasks && tasks.add(task);
    }

    @Override
    public long nowNs() {
        return nowNs;
    }

    @Override
    public Address remoteAddress() {
        return gone ? new Address.Unnamed() : Address.parse("192.0.2.7:40000");
    }

    @Override
    public Address localAddress() {
        return Address.parse("192.0.2.1:80");
    }

    @Override
    public int fd() {
        return -1;
    }
}
