// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.passing;

import dev.ringfork.bindings.Platform;
import dev.ringfork.bindings.abi.SocketConstants;

/** What tells one message from the next. */
public enum Framing {
    /**
     * The socket: one call, one message. SOCK_SEQPACKET on Linux; SOCK_DGRAM on macOS, which has no
     * other and does not tell when the peer is gone.
     *
     * <p>On a stream, which keeps no boundaries, what is received at once is what the kernel gives
     * at once: bytes up to and including the next that carries descriptors.
     */
    SOCKET,

    /**
     * A header of eight bytes before each payload, on a SOCK_STREAM socket: the length of the
     * payload, then how many descriptors come with it, each four bytes, the highest first. The
     * descriptors travel with the first byte of the header.
     */
    HEADER;

    /**
     * The type of socket that listens or connects.
     *
     * @throws UnsupportedOperationException if the platform has none for it
     */
    int connectionType() {
        int type = pairType();
        if (type == SocketConstants.SOCK_DGRAM) {
            throw new UnsupportedOperationException(
                    "macOS has no SOCK_SEQPACKET to connect: use the framing HEADER");
        }
        return type;
    }

    /** The type of socket that a pair has. */
    int pairType() {
        if (this == HEADER) {
            return SocketConstants.SOCK_STREAM;
        }
        return Platform.current().linux()
                ? SocketConstants.SOCK_SEQPACKET
                : SocketConstants.SOCK_DGRAM;
    }
}
