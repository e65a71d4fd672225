// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.signalio;

import dev.ringfork.bindings.Descriptors;
import dev.ringfork.bindings.Errno;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * One client of {@link SignalDrivenEcho}: what it has sent and not yet got back.
 *
 * <p>Confined to the server's thread. Owns the descriptor and the buffer.
 */
final class EchoConnection implements AutoCloseable {

    /** How much of a client's is kept; nothing more is read until it was sent back. */
    private static final int BUFFER_BYTES = 16 * 1024;

    /** After so many calls the others have their turn: nobody is served for as long as he likes. */
    private static final int CALLS_PER_TURN = 32;

    /** How a turn ended. */
    enum Turn {
        /** The kernel has said EAGAIN, so it will signal. */
        WAITS,
        /** It has not, so it will not: there has to be another turn. */
        GOES_ON,
        /** The client has gone, or has got everything and wants no more. */
        ENDED
    }

    private final Descriptors descriptors;
    private final int fd;
    private final Arena arena = Arena.ofConfined();
    private final MemorySegment buffer = arena.allocate(BUFFER_BYTES);
    private long begin;
    private long end;

    /** Whether it stands in the queue of those who have a turn to come. */
    boolean queued;

    EchoConnection(Descriptors descriptors, int fd) {
        this.descriptors = descriptors;
        this.fd = fd;
    }

    int fd() {
        return fd;
    }

    /** Whether it waits for the client to take something, rather than to send. */
    boolean sending() {
        return begin < end;
    }

    /** Reads and writes until the kernel says that there is nothing to do, or the turn is over. */
    Turn serve() {
        for (int calls = 0; calls < CALLS_PER_TURN; calls++) {
            boolean sending = sending();
            long moved =
                    sending
                            ? descriptors.write(fd, buffer.address() + begin, end - begin)
                            : descriptors.read(fd, buffer.address(), BUFFER_BYTES);
            if (moved == -Errno.EAGAIN) {
                return Turn.WAITS;
            }
            if (moved == 0 || (moved < 0 && moved != -Errno.EINTR)) {
                return Turn.ENDED;
            }
            if (moved > 0 && sending) {
                begin += moved;
            } else if (moved > 0) {
                begin = 0;
                end = moved;
            }
        }
        return Turn.GOES_ON;
    }

    @Override
    public void close() {
        descriptors.close(fd);
        arena.close();
    }
}
