// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.server;

import static dev.ringfork.bindings.abi.SocketConstants.SOCK_SEQPACKET;
import static dev.ringfork.bindings.abi.SocketConstants.SOCK_STREAM;

import dev.ringfork.bindings.Address;
import dev.ringfork.bindings.Errno;

/**
 * Where a server listens, and for what.
 *
 * @param address where
 * @param packets whether connections carry packets, not a stream of bytes
 */
record ListenAddress(Address address, boolean packets) {

    ListenAddress {
        if (packets && (address instanceof Address.Inet4 || address instanceof Address.Inet6)) {
            throw new IllegalArgumentException(
                    "packets come over Unix sockets, not to %s: listen for a stream or for datagrams there"
                            .formatted(address));
        }
    }

    /** The type of its sockets, socket(2). */
    int type() {
        return packets ? SOCK_SEQPACKET : SOCK_STREAM;
    }

    /**
     * Looks at what socket(2) gave.
     *
     * @return the descriptor
     * @throws IllegalArgumentException if the system has no such sockets
     * @throws dev.ringfork.bindings.SyscallException if there is another reason
     */
    int check(int fd) {
        if (packets && fd == -Errno.EPROTONOSUPPORT) {
            throw new IllegalArgumentException(
                    "no packets at %s: this system has no SOCK_SEQPACKET for Unix sockets, as Linux has; leave --seqpacket out"
                            .formatted(address));
        }
        return Errno.check("socket", fd, address);
    }
}
