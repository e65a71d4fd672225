// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.architectures;

import dev.ringfork.bindings.Address;
import dev.ringfork.reactor.protocol.Protocol;
import dev.ringfork.reactor.server.Architecture;
import dev.ringfork.reactor.server.Server;
import java.util.Locale;

/**
 * Reactor: one thread for all connections, so nothing may block, and nothing does: what comes in
 * goes out in capitals.
 *
 * <p>Try {@code nc 127.0.0.1 7000}.
 */
public final class ReactorShout {
    private ReactorShout() {}

    /** Starts it. */
    public static Server start(Address address) {
        Protocol shout = Lines.answer(line -> line.toUpperCase(Locale.ROOT));
        return Server.builder(shout).listen(address).architecture(Architecture.REACTOR).start();
    }
}
