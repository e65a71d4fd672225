// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.architectures;

import dev.ringfork.bindings.Address;
import dev.ringfork.reactor.protocol.Buffer;
import dev.ringfork.reactor.protocol.Connection;
import dev.ringfork.reactor.protocol.Protocol;
import dev.ringfork.reactor.protocol.Session;
import dev.ringfork.reactor.server.Architecture;
import dev.ringfork.reactor.server.Server;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Multi-reactor: a chat. Clients are of different loops, and a connection is used by its own loop
 * only; {@code execute} is how others reach it.
 *
 * <p>Try {@code nc 127.0.0.1 7000} in two terminals.
 */
public final class MultiReactorChat {
    private MultiReactorChat() {}

    /** Starts it. */
    public static Server start(Address address) {
        Set<Connection> everybody = ConcurrentHashMap.newKeySet();
        Protocol chat =
                connection -> {
                    everybody.add(connection);
                    Session lines =
                            Lines.each(line ->
                                    everybody.forEach(
                                            other -> other.execute(() -> Lines.say(other, line))));
                    return new Session() {
                        @Override
                        public void received(Buffer in) {
                            lines.received(in);
                        }

                        @Override
                        public void closed(Connection gone, int errno) {
                            everybody.remove(gone);
                        }
                    };
                };
        return Server.builder(chat)
                .listen(address)
                .architecture(Architecture.MULTI_REACTOR)
                .loops(2)
                .start();
    }
}
