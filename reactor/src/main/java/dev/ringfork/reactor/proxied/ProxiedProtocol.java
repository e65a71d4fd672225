// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.proxied;

import dev.ringfork.reactor.protocol.Connection;
import dev.ringfork.reactor.protocol.Protocol;
import dev.ringfork.reactor.protocol.Session;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;

/**
 * Another protocol behind a proxy that says who the client is: HAProxy's PROXY protocol, versions 1
 * and 2.
 *
 * <p>Each connection begins with a header, and {@link Connection#remoteAddress} and {@link
 * Connection#localAddress} are what it names: the client, and what the client has connected to. For
 * a header without addresses, that of a proxy's own connection for instance, they are the kernel's.
 * A session of the protocol inside is opened when the header is whole. The header comes before
 * everything else, so TLS goes inside:
 *
 * <pre>{@code
 * Protocol encrypted = TlsProtocol.around(http, tls, settings);
 * Server.builder(ProxiedProtocol.around(encrypted)).listen(address).start();
 * }</pre>
 *
 * <p>A connection without a header, or with one that is malformed, too long or too late, is reset
 * and counted. Whoever can connect can say what it likes: let the proxy alone connect.
 *
 * <p>Safe for use by many loops.
 */
public final class ProxiedProtocol implements Protocol {
    /** How long the header may take, unless said otherwise. */
    public static final Duration HEADER_TIMEOUT = Duration.ofSeconds(3);

    /** The longest header of version 2 that is taken: addresses and much of extensions. */
    public static final int HEADER_BYTES_MAX = 4096;

    final Protocol inner;
    final long headerTimeoutNs;
    final LongAdder accepted = new LongAdder();
    final LongAdder malformed = new LongAdder();
    final LongAdder late = new LongAdder();

    private ProxiedProtocol(Protocol inner, Duration headerTimeout) {
        this.inner = Objects.requireNonNull(inner);
        if (!headerTimeout.isPositive()) {
            throw new IllegalArgumentException("a header needs more time than " + headerTimeout);
        }
        headerTimeoutNs = headerTimeout.toNanos();
    }

    /** Puts a protocol behind a proxy, whose headers may take {@link #HEADER_TIMEOUT}. */
    public static ProxiedProtocol around(Protocol inner) {
        return around(inner, HEADER_TIMEOUT);
    }

    /**
     * Puts a protocol behind a proxy.
     *
     * @param headerTimeout how long a header may take from the connection's beginning, all of it
     */
    public static ProxiedProtocol around(Protocol inner, Duration headerTimeout) {
        return new ProxiedProtocol(inner, headerTimeout);
    }

    @Override
    public Session open(Connection connection) {
        return new ProxiedSession(this, connection);
    }

    /** The header may come in pieces, or with what follows it. */
    @Override
    public boolean needsStream() {
        return true;
    }

    /** How many connections had a header. */
    public long accepted() {
        return accepted.sum();
    }

    /** How many had none, or one that was cut short, malformed or too long. */
    public long malformed() {
        return malformed.sum();
    }

    /** How many had no whole header in time. */
    public long late() {
        return late.sum();
    }
}
