// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.echo;

import dev.ringfork.reactor.protocol.DatagramEndpoint;
import dev.ringfork.reactor.protocol.DatagramProtocol;
import dev.ringfork.reactor.protocol.DatagramSession;

/**
 * RFC 862 over UDP: sends each datagram back to where it came from. What there is no room for is
 * lost, as datagrams may be. Immutable.
 */
public final class DatagramEcho implements DatagramProtocol {

    /** Repeats whatever comes. */
    public DatagramEcho() {}

    @Override
    public DatagramSession open(DatagramEndpoint endpoint) {
        return (datagram, from) -> endpoint.send(from, datagram);
    }
}
