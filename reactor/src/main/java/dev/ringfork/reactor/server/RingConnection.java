// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.server;

import static dev.ringfork.bindings.abi.IoUringConstants.IORING_CQE_F_BUFFER;
import static dev.ringfork.bindings.abi.IoUringConstants.IORING_CQE_F_NOTIF;
import static dev.ringfork.bindings.abi.IoUringConstants.IORING_CQE_F_SOCK_NONEMPTY;
import static dev.ringfork.bindings.abi.PollConstants.POLLERR;
import static dev.ringfork.bindings.abi.PollConstants.POLLOUT;

import dev.ringfork.bindings.Address;
import dev.ringfork.bindings.Errno;
import dev.ringfork.reactor.proactor.CompletionHandler;
import dev.ringfork.reactor.proactor.Operation;
import dev.ringfork.reactor.protocol.Buffer;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * A connection whose bytes are moved by operations of a ring: one receive that goes on, into
 * buffers that the kernel picks, and one send at a time.
 *
 * <p>Confined to the loop's thread. When it has ended, what the kernel still works with is kept
 * until it has told that it is done.
 */
final class RingConnection extends StreamConnection implements CompletionHandler, Runnable {
    /** What may wait for a session that does not want it; then the receive is stopped. */
    private static final int ARRIVED_MAX = 4;

    /** Nothing has arrived that was kept; never added to. */
    private static final ArrayDeque<Buffer> NONE = new ArrayDeque<>(0);

    private final RingLoop ring;
    private final Operation receive = new Operation(this);
    private final Operation send = new Operation(this);
    // Most connections never wait for room alone, nor receive what nobody wants yet.
    private @Nullable Operation writable;
    // Tells of a reset while nothing is received.
    private @Nullable Operation reset;
    private ArrayDeque<Buffer> arrived = NONE;
    // The receive is one into what is left over, because no other buffer was to be had.
    private boolean intoLeft;
    // Closed during such a receive: the buffer until that is over.
    private @Nullable Buffer orphan;
    private int gone;
    private boolean received;
    private boolean endArrived;
    private boolean stopping;
    private boolean listed;

    RingConnection(Loop loop, RingLoop ring, int fd, @Nullable Address remote) {
        super(loop, fd, remote);
        this.ring = ring;
    }

    // ---- what is wanted

    @Override
    void opened() {}

    @Override
    void watch() {
        if (connecting) {
            awaitRoom();
        }
    }

    /** Waits until something can be sent; a connection is there then. */
    private void awaitRoom() {
        Operation poll = writable;
        if (poll == null) {
            poll = new Operation(this);
            writable = poll;
        }
        ring.proactor.poll(poll, fd, POLLOUT);
    }

    private boolean awaitsRoom() {
        return writable != null && writable.inFlight();
    }

    @Override
    public void completed(Operation operation, int result, int flags) {
        if (operation == receive) {
            received(result, flags);
        } else if (operation == send) {
            sendCompleted(result, flags);
        } else if (operation == writable) {
            writable();
        } else {
            broken(result);
        }
    }

    @Override
    void ask() {
        boolean reads = state == State.OPEN && reading();
        if (reads && (!arrived.isEmpty() || (endArrived && !inputEnded))) {
            readSoon();
        }
        boolean wanted = reads || state == State.LINGERING;
        if (wanted && !receive.inFlight() && !endArrived) {
            receive();
        } else if (!wanted && receive.inFlight() && !stopping && tooMuch()) {
            stopping = true;
            ring.proactor.cancel(receive);
        } else if (!wanted && state == State.OPEN && !receive.inFlight()) {
            awaitReset();
        }
    }

    /** A receive would meet it; without one, and a session that waits, nobody would. */
    private void awaitReset() {
        Operation poll = reset;
        if (poll == null) {
            poll = new Operation(this);
            reset = poll;
        }
        if (!poll.inFlight()) {
            // Again and again, since the end of the input is told too.
            ring.proactor.pollMultishot(poll, fd, POLLERR);
        }
    }

    private void broken(int events) {
        if (state != State.CLOSED && events > 0 && (events & POLLERR) != 0) {
            closeNow(SocketQueries.pendingError(loop.sockets, fd));
        }
    }

    /**
     * The first time once: a connection that is answered and closed now would begin, for nothing,
     * to wait for what follows, and would have to take that back.
     */
    private void receive() {
        stopping = false;
        if (received && ring.use.bundles()) {
            ring.proactor.recvBundleMultishot(receive, fd, ring.group(), 0);
        } else if (received && ring.use.repeatReceives()) {
            ring.proactor.recvMultishot(receive, fd, ring.group(), 0);
        } else {
            ring.proactor.recvInto(receive, fd, ring.group(), 0);
        }
    }

    /** Whether more has come than is worth keeping, or throwing away. */
    private boolean tooMuch() {
        return arrived.size() >= ARRIVED_MAX || (state != State.OPEN && unread);
    }

    @Override
    void readSoon() {
        if (!listed) {
            listed = true;
            loop.reactor.nextTurn(this);
        }
    }

    /** Offers what was left over, and then what has arrived meanwhile. */
    @Override
    public void run() {
        listed = false;
        if (state != State.OPEN) {
            return;
        }
        if (intoLeft) {
            // The kernel may be writing there: it is offered when that is over.
            ring.proactor.cancel(receive);
            return;
        }
        running = true;
        offerLeftover();
        while (!arrived.isEmpty() && state == State.OPEN && reading()) {
            take(arrived.remove());
        }
        endNow();
        settle();
        running = false;
    }

    // ---- receiving

    private void received(int result, int flags) {
        if (intoLeft) {
            receivedIntoLeft(result);
            return;
        }
        running = true;
        if ((flags & IORING_CQE_F_BUFFER) != 0 && ring.pieces != null) {
            receivedPiece(ring.pieces, result, flags);
        } else if ((flags & IORING_CQE_F_BUFFER) != 0) {
            // All of them before the first is given to a session, which may receive elsewhere.
            int count = ring.take(flags, Math.max(result, 0));
            boolean more = (flags & IORING_CQE_F_SOCK_NONEMPTY) != 0;
            for (int i = 0; i < count; i++) {
                arrive(ring.taken(i), more || i < count - 1);
            }
        }
        if (!receive.inFlight() && state != State.CLOSED) {
            ended(result);
        }
        settle();
        running = false;
    }

    private void receivedPiece(Pieces pieces, int length, int flags) {
        if (length > 0) {
            Buffer piece = ring.beginPiece(pieces, flags, length);
            arrive(piece, (flags & IORING_CQE_F_SOCK_NONEMPTY) != 0);
            ring.endPiece(pieces, flags);
        }
    }

    /** Receives behind what is left over: it may be all that this connection lacks. */
    private void receiveIntoLeft(Buffer left) {
        if (left.room() == 0) {
            left.compact();
        }
        intoLeft = true;
        ring.proactor.recv(receive, fd, left.address() + left.end(), left.room(), 0);
    }

    private void receivedIntoLeft(int result) {
        intoLeft = false;
        Buffer left = input.buffer();
        if (state == State.CLOSED || left == null) {
            dropOrphan();
            return;
        }
        running = true;
        if (result > 0) {
            arrived(result);
            left.produced(result);
            unread = left.room() == 0 || state != State.OPEN;
            offerAgain = true;
        } else {
            ended(result);
        }
        if (offerAgain) {
            readSoon();
        }
        settle();
        running = false;
    }

    private void dropOrphan() {
        if (orphan != null) {
            loop.pool.release(orphan);
            orphan = null;
        }
    }

    private void arrive(Buffer in, boolean more) {
        received = true;
        arrived(in.length());
        if (state == State.LINGERING && in.length() > 0) {
            lingerOn();
        }
        if (state != State.OPEN || in.length() == 0) {
            unread |= in.length() > 0;
            ring.release(in);
        } else if (arrived.isEmpty() && reading()) {
            unread = more;
            take(in);
        } else {
            keepArrived(in);
        }
    }

    /** Keeps what nobody wants yet, behind the rest. */
    private void keepArrived(Buffer in) {
        Pieces pieces = ring.pieces;
        if (pieces == null) {
            kept().add(in);
            return;
        }
        Buffer last = arrived.peekLast();
        if (last != null && !pieces.lent(last)) {
            in.moveTo(last);
        }
        if (in.length() > 0) {
            kept().add(pieces.keep(in));
        }
    }

    @SuppressWarnings("ReferenceEquality") // Not any empty one: the one that all share.
    private ArrayDeque<Buffer> kept() {
        if (arrived == NONE) {
            arrived = new ArrayDeque<>(ARRIVED_MAX);
        }
        return arrived;
    }

    /** Gives the session a buffer, behind what it has left over. */
    private void take(Buffer fresh) {
        while (fresh.length() > 0 && state == State.OPEN && reading()) {
            Buffer left = input.buffer();
            if (left != null) {
                fresh.moveTo(left);
                deliver(left);
            } else if (ring.pieces != null && ring.pieces.lent(fresh)) {
                show(ring.pieces, fresh);
            } else {
                deliver(fresh);
                return;
            }
        }
        if (fresh.length() == 0 || state != State.OPEN) {
            unread |= fresh.length() > 0;
            ring.release(fresh);
        } else if (ring.pieces != null && ring.pieces.isCurrent(fresh)) {
            keepArrived(fresh);
        } else {
            kept().addFirst(fresh);
        }
    }

    /** Shows the session a piece where it lies; what is left of it then is copied. */
    private void show(Pieces pieces, Buffer piece) {
        Buffer room = pieces.leaseRoom();
        if (room == null) {
            starved = true;
            pieces.hunger(this);
            return;
        }
        input.borrow(piece, room);
        session.received(piece);
        if (state == State.CLOSED) {
            return;
        }
        if (piece.length() == 0) {
            Buffer unused = input.returnLent();
            if (unused != null) {
                loop.pool.release(unused);
            }
        }
        Buffer left = input.take();
        if (left != null) {
            input.hold(left);
            keep(left);
        }
    }

    /** The receive is over; it begins again when that is wanted. */
    private void ended(int result) {
        if (result == 0) {
            endArrived = true;
            endNow();
        } else if (result == -Errno.ENOBUFS) {
            lacksBuffers();
        } else if (result < 0 && result != -Errno.ECANCELED && result != -Errno.EINTR) {
            closeNow(-result);
        }
    }

    private void lacksBuffers() {
        Buffer left = input.buffer();
        if (!arrived.isEmpty()) {
            // Behind what is left over comes that first: then it is received again.
            return;
        }
        if (state == State.OPEN && left != null && left.length() < left.capacity()) {
            receiveIntoLeft(left);
        } else {
            starved = true;
            loop.starve(this);
        }
    }

    /** Tells the end of the input once everything before it was taken. */
    private void endNow() {
        if (!endArrived || inputEnded || !arrived.isEmpty()) {
            return;
        }
        if (state == State.LINGERING) {
            closeNow(0);
        } else if (state == State.OPEN && reading()) {
            endOfInput();
        }
    }

    @Override
    void discard() {
        dropArrived();
        if (endArrived) {
            closeNow(0);
        }
    }

    // ---- sending

    @Override
    boolean sending() {
        return send.inFlight() || awaitsRoom();
    }

    @Override
    void send() {
        if (queue.fileFirst()) {
            sendFile();
        } else if (ring.send(send, fd, queue)) {
            deadlines.write(false, false, nowNs() + loop.writeTimeoutNs);
        } else {
            // Room was asked for and not used.
            queue.consume(0);
        }
    }

    private void sendCompleted(int reported, int flags) {
        if (send.inFlight()) {
            // Without a copy: it has gone, and the kernel still reads the buffers.
            gone = reported;
            return;
        }
        int result = (flags & IORING_CQE_F_NOTIF) == 0 ? reported : gone;
        if (state == State.CLOSED) {
            queue.clear();
            return;
        }
        running = true;
        if (result >= 0) {
            queue.consume(result);
            sent(result);
        } else if (result != -Errno.EINTR && result != -Errno.EAGAIN) {
            closeNow(-result);
        }
        sentSome(result > 0);
        settle();
        running = false;
    }

    /** sendfile(2) itself: a ring has nothing that is as cheap, its splice(2) takes a thread. */
    private void sendFile() {
        long result = queue.send(fd);
        if (result >= 0) {
            sent(result);
            sentSome(result > 0);
        } else if (result != -Errno.EAGAIN && result != -Errno.EINTR) {
            closeNow((int) -result);
            return;
        }
        if (state != State.CLOSED && !queue.isEmpty()) {
            // Also when all went well: others have their turn, and the socket is asked by the ring.
            awaitRoom();
            deadlines.write(false, result > 0, nowNs() + loop.writeTimeoutNs);
        }
    }

    /** There is room in the socket, or it is connected. */
    private void writable() {
        if (state == State.CLOSED) {
            queue.clear();
            return;
        }
        running = true;
        if (!connecting || connected()) {
            settle();
        }
        running = false;
    }

    // ---- the end

    private void dropArrived() {
        while (!arrived.isEmpty()) {
            ring.release(arrived.remove());
        }
    }

    private boolean inFlight() {
        boolean watched = reset != null && reset.inFlight();
        return watched || receive.inFlight() || send.inFlight() || awaitsRoom();
    }

    @Override
    void leave() {
        dropArrived();
        if (fd < 0) {
            queue.clear();
            return;
        }
        if (inFlight()) {
            ring.proactor.cancelAll(fd);
        }
        // In the ring as well, so that nothing that was begun before meets another's number.
        ring.proactor.close(fd);
        if (intoLeft) {
            orphan = input.take();
        }
        if (!send.inFlight()) {
            queue.clear();
        }
    }
}
