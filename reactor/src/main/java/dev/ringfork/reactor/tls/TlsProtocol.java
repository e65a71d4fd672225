// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.tls;

import dev.ringfork.bindings.Syscalls;
import dev.ringfork.reactor.protocol.Connection;
import dev.ringfork.reactor.protocol.Protocol;
import dev.ringfork.reactor.protocol.Session;
import dev.ringfork.reactor.server.ServerSettings;
import java.util.Objects;

/**
 * TLS around another protocol, whose sessions see connections of plaintext.
 *
 * <p>A session of the protocol inside is opened when the handshake is done: who never gets that far
 * never costs it anything. From then on its connection keeps the whole contract of {@link
 * Connection}, with these particulars:
 *
 * <ul>
 *   <li>The peer's end is its close_notify. A peer that closes the socket without one may have been
 *       cut off by somebody else: the session sees no end of input but is closed with {@code
 *       ECONNRESET}, as after a reset.
 *   <li>One direction can end without the other since TLS 1.3. Before, a peer that ends its
 *       direction ends both: what was written until then is still sent, later writes are refused.
 *   <li>Written bytes are put together into records when the session's call returns.
 *   <li>A part of a file is read with pread(2) and encrypted as fast as the peer takes it.
 *   <li>What breaks the protocol closes the session with {@code EPROTO}, after the peer was sent an
 *       alert. TLS 1.2's renegotiation is refused.
 * </ul>
 *
 * <p>Safe for use by many loops. Its memory, for all of them together, is bounded by twice {@link
 * ServerSettings#poolBytes}, and used only by connections that are busy.
 *
 * <pre>{@code
 * TlsContext tls = TlsContext.load(Path.of("cert.pem"), Path.of("key.pem"), "http/1.1");
 * Server.builder(TlsProtocol.around(http, tls, settings)).settings(settings).listen(address).start();
 * }</pre>
 */
public final class TlsProtocol implements Protocol {
    final Protocol inner;
    final TlsContext context;
    final ServerSettings settings;
    final TlsMemory memory;
    final Syscalls syscalls = Syscalls.get();

    private TlsProtocol(Protocol inner, TlsContext context, ServerSettings settings) {
        this.inner = Objects.requireNonNull(inner);
        this.context = Objects.requireNonNull(context);
        this.settings = settings;
        this.memory = new TlsMemory(settings);
    }

    /** Puts TLS around a protocol, for servers with the default settings. */
    public static TlsProtocol around(Protocol inner, TlsContext tls) {
        return around(inner, tls, ServerSettings.DEFAULT);
    }

    /**
     * Puts TLS around a protocol.
     *
     * @param settings those of the server: bounds and marks of its queues hold for plaintext too,
     *     and what an operator should know is reported to the same place
     */
    public static TlsProtocol around(Protocol inner, TlsContext tls, ServerSettings settings) {
        return new TlsProtocol(inner, tls, settings);
    }

    @Override
    public Session open(Connection connection) {
        return new TlsSession(this, connection);
    }

    /** Records are longer or shorter than packets. */
    @Override
    public boolean needsStream() {
        return true;
    }
}
