// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.server;

import static dev.ringfork.bindings.abi.SocketConstants.MSG_TRUNC;

import dev.ringfork.bindings.Errno;
import dev.ringfork.reactor.protocol.Buffer;

/**
 * Receives packets: each one alone in a buffer. One that its session could not take at all, because
 * the connection was paused or congested, is offered again as it came; of others nothing is kept.
 *
 * <p>Confined to the loop's thread.
 */
final class PacketInput extends Input {
    PacketInput(Loop loop) {
        super(loop);
    }

    @Override
    long receive(int fd, Buffer in) {
        // With this flag the kernel says how long the packet was, not how much of it fitted.
        long length = loop.sockets.recv(fd, in.address() + in.end(), in.room(), MSG_TRUNC);
        if (length > in.room()) {
            loop.reports.report(
                    "a connection was closed: its packet is longer than --buffer",
                    loop.reactor.nowNs());
            return -Errno.EMSGSIZE;
        }
        return length;
    }

    /** Only the socket itself says that it is empty. */
    @Override
    boolean more(long count, int room) {
        return true;
    }

    @Override
    boolean keeps(Buffer in) {
        return in.length() > 0 && in.start() == 0;
    }

    @Override
    boolean stuck(Buffer in) {
        release();
        return false;
    }
}
