// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.server;

import static dev.ringfork.bindings.abi.SocketConstants.SOCK_SEQPACKET;
import static dev.ringfork.bindings.abi.SocketConstants.SOCK_STREAM;

import dev.ringfork.bindings.Address;
import dev.ringfork.bindings.Errno;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where a server listens, and for what.
 *
 * @param address where
 * @param packets whether connections carry packets, not a stream of bytes
 * @param inherited the listener, if somebody else has bound it
 */
record ListenAddress(Address address, boolean packets, @Nullable InheritedListener inherited) {

    ListenAddress {
        if (packets && (address instanceof Address.Inet4 || address instanceof Address.Inet6)) {
            throw new IllegalArgumentException(
                    "packets come over Unix sockets, not to %s: listen for a stream or for datagrams there"
                            .formatted(address));
        }
    }

    ListenAddress(Address address, boolean packets) {
        this(address, packets, null);
    }

    /** Where somebody else has bound a listener. */
    static ListenAddress of(InheritedListener inherited) {
        return new ListenAddress(inherited.address(), inherited.packets(), inherited);
    }

    /**
     * What a connection's own address is known by: the kernel names the one that its listener was
     * bound under.
     *
     * @param listening where this process's server listens
     */
    static Address published(Address own, List<ListenAddress> listening) {
        for (ListenAddress where : listening) {
            if (own instanceof Address.Unix && where.boundTo(own)) {
                return where.address;
            }
        }
        return own;
    }

    private boolean boundTo(Address own) {
        if (inherited != null) {
            return inherited.bound().equals(own);
        }
        return address instanceof Address.Unix unix && UnixPath.interim(unix).equals(own);
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
