// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.architectures;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.ringfork.bindings.Address;
import dev.ringfork.reactor.protocol.Protocol;
import dev.ringfork.reactor.server.Architecture;
import dev.ringfork.reactor.server.Server;

/**
 * Serial: greets its visitors by number, and keeps the count without a lock, since one connection
 * is served at a time. Whoever comes meanwhile waits in the kernel's backlog.
 *
 * <p>Try {@code nc 127.0.0.1 7000} in two terminals: the second is greeted when the first has gone.
 */
public final class SerialGuestBook {
    private SerialGuestBook() {}

    /** Starts it. */
    public static Server start(Address address) {
        int[] visitors = {0};
        Protocol guestBook =
                connection -> {
                    String greeting =
                            "You are visitor %d. Enter to leave.%n".formatted(++visitors[0]);
                    connection.write(greeting.getBytes(UTF_8));
                    return in -> {
                        in.consume(in.length());
                        connection.finish();
                    };
                };
        return Server.builder(guestBook).listen(address).architecture(Architecture.SERIAL).start();
    }
}
