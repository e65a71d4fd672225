// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.offload;

import dev.ringfork.bindings.Address;
import dev.ringfork.reactor.BufferSource;
import dev.ringfork.reactor.protocol.Buffer;
import dev.ringfork.reactor.protocol.Connection;
import dev.ringfork.reactor.protocol.Protocol;
import dev.ringfork.reactor.queue.Packets;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A connection as a session on a worker sees it: what it wants is put into a batch, which goes to
 * the loop when the session's call returns, or that of another session which has used it.
 *
 * <p>Confined to the calls of its strand, one at a time, on whatever thread; {@link #execute}
 * aside.
 */
final class WorkerConnection implements Connection {
    private final Offload offload;
    private final Strand strand;
    private final Mailbox mailbox;
    private final BufferSource buffers;
    private final boolean packets;
    // Whether messages stay on the loop until they are whole.
    private final boolean whole;
    private final Batch batch = new Batch();
    private long expiry;
    // The strand knows that it is settled when the call returns.
    private boolean touched;
    private boolean paused;
    private boolean outputEnding;
    private boolean closing;
    private boolean aborted;
    private boolean again;
    // Buffers that a refused write would have needed, if it waits for the pool; else 0.
    private long missing;

    /** What the session has left. */
    private @Nullable Buffer input;

    WorkerConnection(
            Offload offload, Strand strand, Mailbox mailbox, boolean whole, boolean packets) {
        this.offload = offload;
        this.strand = strand;
        this.mailbox = mailbox;
        this.buffers = offload.buffers(mailbox::fed);
        this.whole = whole;
        this.packets = packets;
    }

    // ---- for the session's runner

    /** A call begins. */
    void turn() {
        strand.turn();
        touched = true;
    }

    /** It is used: by its session's call, which settles it, or by another's. */
    private void touch() {
        if (!touched) {
            touched = true;
            strand.touch(this);
        }
    }

    /** Another session's call, which has used it, has returned. */
    void settleTouched() {
        settle();
        // Input may be wanted again, or never more.
        mailbox.schedule();
    }

    /** A call has returned: the loop does what it wanted. */
    void settle() {
        touched = false;
        Buffer left = input;
        if (closing && left != null) {
            drop(left);
        }
        hand();
    }

    private void hand() {
        if (batch.isEmpty()) {
            return;
        }
        if (mailbox.hand(batch)) {
            input = batch.left == null ? input : batch.left;
            batch.left = null;
        } else {
            discard();
        }
    }

    private void discard() {
        offload.discard(batch);
    }

    /** Whether the session wants to be told more; it may be when its connection is gone. */
    boolean listening() {
        return !closing;
    }

    boolean paused() {
        return paused;
    }

    /** Whether what the session has left is to be offered again. */
    boolean again() {
        return again && input != null;
    }

    /**
     * What is there to be received, put together with what was left.
     *
     * @param fresh whether more may be taken from the mailbox
     */
    @Nullable Buffer gather(boolean fresh) {
        again = false;
        Buffer left = input;
        Buffer next = fresh ? mailbox.firstInput() : null;
        if (left == null) {
            if (next != null) {
                mailbox.removeInput();
                input = next;
            }
            return next;
        }
        if (next != null && move(next, left)) {
            mailbox.removeInput();
            buffers.release(next);
        }
        return left;
    }

    /** Moves as much as fits; returns whether that was all. */
    static boolean move(Buffer from, Buffer to) {
        from.moveTo(to);
        return from.length() == 0;
    }

    /** A call that was shown the input has returned. Returns whether it broke the rules. */
    boolean kept() {
        Buffer left = input;
        if (left == null) {
            return false;
        }
        boolean begun = packets && left.start() > 0;
        if (left.length() == 0 || begun || closing) {
            return drop(left);
        }
        if (paused || congested()) {
            return false;
        }
        if (packets) {
            return drop(left);
        }
        if (left.length() == left.capacity()) {
            return true;
        }
        // Back on the loop, the next bytes are read behind it: no session waits for a buffer while
        // it has one.
        input = null;
        batch.left = left;
        batch.effects |= Batch.INPUT_DONE;
        return false;
    }

    private boolean drop(Buffer left) {
        if (left.length() > 0) {
            unread();
        }
        input = null;
        buffers.release(left);
        batch.effects |= whole ? Batch.INPUT_DONE : 0;
        return false;
    }

    /** Input is left that the session will not see: the peer must be let finish. */
    private void unread() {
        if ((batch.effects & Batch.FINISH) != 0) {
            batch.effects |= Batch.CLOSE;
        }
    }

    /** Throws away all input. */
    void dropInput() {
        Buffer left = input;
        if (left != null) {
            drop(left);
        }
        for (Buffer next; (next = mailbox.firstInput()) != null; ) {
            mailbox.removeInput();
            buffers.release(next);
        }
    }

    /** The session is told that its input has ended. */
    void inputEnds() {
        batch.effects |= Batch.END_TOLD;
    }

    /** Whether the deadline that has passed is still meant. */
    boolean due() {
        return mailbox.expiry() == expiry;
    }

    /** Unsent bytes have become few. Offers what was left again, after the session was told. */
    void relieved() {
        offerAgain();
    }

    private void offerAgain() {
        again = true;
        batch.effects |= input == null ? Batch.OFFER : 0;
    }

    /**
     * Buffers have come back to the pool.
     *
     * @return whether those are there that were missing
     */
    boolean fed() {
        if (missing == 0) {
            return false;
        }
        if (buffers.available() < missing) {
            buffers.wakeOnRelease();
            // Looked at again: what came back before that was not told.
            if (buffers.available() < missing) {
                return false;
            }
        }
        missing = 0;
        mailbox.relieve();
        return true;
    }

    /** The end. */
    void closed() {
        closing = true;
        dropInput();
        discard();
        buffers.close();
    }

    // ---- Connection

    private boolean writing() {
        return !closing && !outputEnding && !mailbox.gone();
    }

    @Override
    public boolean write(MemorySegment source, long offset, long length) {
        if (!writing()) {
            return false;
        }
        if (packets) {
            Packets.requireFits(length, buffers.slotBytes());
        }
        touch();
        long needed = needed(length);
        if (!bounds(needed) || !buffers.reserve(needed)) {
            refused(needed);
            return false;
        }
        for (long done = 0; done < length; ) {
            Buffer tail = tail();
            int piece = (int) Math.min(length - done, tail.room());
            MemorySegment.copy(source, offset + done, tail.segment(), tail.end(), piece);
            tail.produced(piece);
            done += piece;
        }
        return true;
    }

    /** The last buffer, unless it is a packet already. */
    private @Nullable Buffer last() {
        Buffer tail = batch.outgoing.tail();
        return tail == null || (packets && tail.length() > 0) ? null : tail;
    }

    /** The last buffer if it has room, else one of those that were reserved. */
    private Buffer tail() {
        Buffer tail = last();
        if (tail != null && tail.room() > 0) {
            return tail;
        }
        Buffer reserved = buffers.lease();
        if (reserved == null) {
            throw new AssertionError("a reserved buffer is not there");
        }
        batch.outgoing.add(reserved);
        return reserved;
    }

    /** How many buffers more than there are so many bytes need. */
    private long needed(long length) {
        long slot = buffers.slotBytes();
        return Math.max(0, (length - tailRoom() + slot - 1) / slot);
    }

    private int tailRoom() {
        Buffer tail = last();
        return tail == null ? 0 : tail.room();
    }

    private boolean bounds(long needed) {
        return needed == 0
                || queuedBytes() + tailRoom() + needed * buffers.slotBytes()
                        <= offload.limits().maxQueuedBytes();
    }

    /** What may become writable is told, and input offered again, then. */
    private void refused(long needed) {
        if (mailbox.congestUntilSent(batch.outgoing.bytes())) {
            return;
        }
        if (bounds(needed) && needed <= buffers.slotsMax()) {
            // With nothing unsent it is others who hold the buffers.
            missing = needed;
            mailbox.congest();
            buffers.wakeOnRelease();
            // Looked at after asking: what came back before that is not told.
            if (buffers.available() >= needed) {
                mailbox.fed();
            }
        }
    }

    @Override
    public @Nullable Buffer output(int room) {
        if (!writing()) {
            return null;
        }
        touch();
        Buffer tail = last();
        if (tail != null && tail.room() >= room) {
            return tail;
        }
        boolean fits = queuedBytes() + buffers.slotBytes() <= offload.limits().maxQueuedBytes();
        Buffer fresh = fits ? buffers.lease() : null;
        if (fresh == null) {
            refused(1);
        } else {
            batch.outgoing.add(fresh);
        }
        return fresh;
    }

    @Override
    public boolean writeFile(int file, long offset, long length) {
        if (!writing() || packets || files() == Limits.FILES_MAX) {
            offload.close(file);
            return false;
        }
        touch();
        batch.outgoing.add(new QueuedFile(file, offset, length));
        return true;
    }

    private int files() {
        return mailbox.unsentFiles() + batch.outgoing.files();
    }

    @Override
    public long queuedBytes() {
        return mailbox.unsentBytes() + batch.outgoing.bytes();
    }

    @Override
    public boolean congested() {
        return mailbox.congested(batch.outgoing.bytes(), batch.outgoing.files());
    }

    @Override
    public int bufferBytes() {
        return buffers.slotBytes();
    }

    @Override
    public void pause() {
        paused = true;
    }

    @Override
    public void resume() {
        if (paused) {
            paused = false;
            touch();
            offerAgain();
        }
    }

    @Override
    public void expireAfter(long delayNs) {
        if (!closing) {
            touch();
            expiry++;
            batch.expiry = expiry;
            batch.deadlineNs = delayNs == 0 ? 0 : nowNs() + delayNs;
            batch.effects |= Batch.EXPIRY;
        }
    }

    @Override
    public void shutdownOutput() {
        if (!closing) {
            touch();
            outputEnding = true;
            batch.effects |= Batch.SHUTDOWN_OUTPUT;
        }
    }

    @Override
    public void close() {
        if (!closing) {
            touch();
            batch.effects |= Batch.CLOSE;
            closing = true;
        }
    }

    @Override
    public void finish() {
        if (!closing) {
            touch();
            batch.effects |= Batch.FINISH;
            closing = true;
        }
    }

    @Override
    public void abort() {
        touch();
        aborted = true;
        closing = true;
        discard();
        batch.effects = Batch.ABORT;
    }

    @Override
    public boolean closing() {
        return closing || mailbox.gone();
    }

    /** The session is opened here and now; the loop begins to connect soon. */
    @Override
    public boolean connect(Address address, Duration timeout, Protocol protocol) {
        if (!timeout.isPositive()) {
            throw new IllegalArgumentException("a time-out of " + timeout + " to connect");
        }
        requireEncodable(address);
        return !aborted
                && !mailbox.gone()
                && offload.connect(strand, new Destination(address, timeout.toNanos(), protocol));
    }

    /** The loop would have nobody to throw at. */
    private static void requireEncodable(Address address) {
        try (Arena arena = Arena.ofConfined()) {
            address.encode(arena.allocate(Address.BYTES_MAX, 8));
        }
    }

    @Override
    public boolean execute(Runnable task) {
        return mailbox.execute(task);
    }

    @Override
    public long nowNs() {
        return strand.nowNs();
    }

    @Override
    public Address remoteAddress() {
        askForNames();
        return known(mailbox.remote());
    }

    @Override
    public Address localAddress() {
        askForNames();
        return known(mailbox.local());
    }

    private static Address known(@Nullable Address address) {
        return address == null ? new Address.Unnamed() : address;
    }

    /** The loop asks the kernel: here the descriptor might be another connection's by now. */
    private void askForNames() {
        if (mailbox.remote() == null) {
            batch.effects |= Batch.NAMES;
            hand();
            mailbox.awaitNames();
        }
    }

    @Override
    public int fd() {
        return mailbox.awaitFd();
    }
}
