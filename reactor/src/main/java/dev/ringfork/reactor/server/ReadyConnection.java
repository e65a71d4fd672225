// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.server;

import dev.ringfork.bindings.Address;
import dev.ringfork.bindings.Errno;
import dev.ringfork.reactor.EventHandler;
import dev.ringfork.reactor.Registration;
import dev.ringfork.reactor.demux.Interest;
import dev.ringfork.reactor.protocol.Buffer;
import org.jspecify.annotations.Nullable;

/**
 * A connection that reads and sends when its socket is ready for it.
 *
 * <p>Confined to the loop's thread.
 */
final class ReadyConnection extends StreamConnection implements EventHandler {
    /** Reads in one turn; a peer that sends faster has to share the loop with the others. */
    private static final int READS_MAX = 8;

    /** Sends in one turn, for the same reason. */
    private static final int SENDS_MAX = 8;

    private final Registration registration = new Registration(this);
    private boolean received;

    ReadyConnection(Loop loop, int fd, @Nullable Address remote) {
        super(loop, fd, remote);
    }

    // ---- events

    /**
     * Reads at once where that pays: one that is answered and closed now never needs a
     * registration.
     */
    @Override
    void opened() {
        if (loop.eagerRead.worthwhile()) {
            read();
            loop.eagerRead.outcome(received);
        }
    }

    @Override
    void watch() {
        if (!registration.registered()) {
            register();
        }
    }

    private void register() {
        int result = loop.reactor.add(registration, fd, interest());
        if (result < 0) {
            loop.unwatched(fd, result);
            if (connecting) {
                fail(-result);
            } else {
                closeNow(-result);
            }
        } else if (offerAgain) {
            registration.again(Interest.READ);
        }
    }

    @Override
    public void ready(Registration ignored, int ready) {
        running = true;
        if (state == State.LINGERING) {
            discard();
        } else if (!connecting || connected()) {
            // Sending first: it frees buffers, and may let reading go on.
            if ((ready & Interest.WRITE) != 0 && !queue.isEmpty()) {
                send();
            }
            if ((ready & Interest.READ) != 0) {
                read();
            }
        }
        settle();
        running = false;
    }

    @Override
    public void broken(Registration ignored, int ready) {
        // A hang-up alone is no error: both directions were closed, and input may be left to read.
        if ((ready & Interest.ERROR) != 0) {
            closeNow(SocketQueries.pendingError(loop.sockets, fd));
        }
    }

    @Override
    void ask() {
        if (registration.registered()) {
            int wanted = interest();
            if (wanted != registration.interest()) {
                registration.interest(wanted);
            }
        }
    }

    @Override
    void readSoon() {
        registration.again(Interest.READ);
    }

    private int interest() {
        if (connecting) {
            return Interest.WRITE;
        }
        boolean read = state == State.LINGERING || (state == State.OPEN && reading());
        return (read ? Interest.READ : 0) | (queue.isEmpty() ? 0 : Interest.WRITE);
    }

    // ---- reading

    private void read() {
        offerLeftover();
        for (int i = 0; i < READS_MAX && state == State.OPEN && reading(); i++) {
            Buffer in = input.room();
            if (in == null) {
                starved = true;
                loop.starve(this);
                return;
            }
            int room = in.room();
            long count = input.receive(fd, in);
            if (count <= 0) {
                giveInput(in);
                if (count != -Errno.EINTR) {
                    nothingReceived(count);
                    return;
                }
                continue;
            }
            received = true;
            arrived(count);
            in.produced((int) count);
            boolean more = input.more(count, room);
            unread = more;
            deliver(in);
            if (!more && drained()) {
                return;
            }
        }
    }

    /** Whether a short read means that the socket is empty. */
    private boolean drained() {
        if (loop.edge) {
            // An end that came with the data is not reported again: read on until it is met.
            if (registration.readClosed()) {
                return false;
            }
            registration.exhausted(Interest.READ);
        }
        return true;
    }

    private void nothingReceived(long result) {
        if (result == -Errno.EAGAIN) {
            registration.exhausted(Interest.READ);
            unread = false;
        } else if (result == 0) {
            endOfInput();
        } else {
            closeNow((int) -result);
        }
    }

    @Override
    void discard() {
        long count = loop.discard(fd, READS_MAX);
        if (count == -Errno.EAGAIN) {
            registration.exhausted(Interest.READ);
        } else if (count <= 0) {
            closeNow(0);
        } else {
            lingerOn();
        }
    }

    // ---- sending

    @Override
    boolean sending() {
        return queue.blocked();
    }

    @Override
    void send() {
        boolean progress = false;
        for (int i = 0; i < SENDS_MAX && !queue.isEmpty(); i++) {
            long sent = queue.send(fd);
            if (sent == -Errno.EAGAIN) {
                registration.exhausted(Interest.WRITE);
                break;
            }
            if (sent < 0 && sent != -Errno.EINTR) {
                closeNow((int) -sent);
                return;
            }
            if (sent >= 0) {
                progress |= sent > 0;
                sent(sent);
            }
            // A level is reported again; an edge only after the kernel has said that it is full.
            if (queue.blocked() && !loop.edge) {
                break;
            }
        }
        sentSome(progress);
    }

    @Override
    void leave() {
        registration.forget();
        if (fd >= 0) {
            loop.descriptors.close(fd);
        }
        queue.clear();
    }
}
