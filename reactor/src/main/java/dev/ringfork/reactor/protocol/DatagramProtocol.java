// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.protocol;

/**
 * What a server does with datagrams.
 *
 * <pre>{@code
 * DatagramProtocol echo = endpoint -> (datagram, from) -> endpoint.send(from, datagram);
 * }</pre>
 */
@FunctionalInterface
public interface DatagramProtocol {

    /**
     * Opens the session of a socket, before the first datagram is received.
     *
     * @param endpoint lives as long as the session and is used on its loop's thread only, {@link
     *     DatagramEndpoint#execute} aside
     */
    DatagramSession open(DatagramEndpoint endpoint);
}
