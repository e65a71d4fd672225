// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.architectures;

import dev.ringfork.bindings.Address;
import dev.ringfork.reactor.protocol.Protocol;
import dev.ringfork.reactor.server.Architecture;
import dev.ringfork.reactor.server.Server;

/**
 * Thread per connection: sleeps as many milliseconds as a line says. The handler blocks its thread,
 * which serves this connection only.
 *
 * <p>Try {@code nc 127.0.0.1 7000} in two terminals: while one sleeps, the other is answered.
 */
public final class ThreadPerConnectionSleeper {
    private ThreadPerConnectionSleeper() {}

    /** Starts it. */
    public static Server start(Address address) {
        Protocol sleeper =
                Lines.answer(line -> {
                    try {
                        Thread.sleep(Math.clamp(Long.parseLong(line), 0, 60_000));
                        return "slept " + line;
                    } catch (NumberFormatException e) {
                        return "how many milliseconds?";
                    } catch (InterruptedException e) {
                        return "was woken";
                    }
                });
        return Server.builder(sleeper)
                .listen(address)
                .architecture(Architecture.THREAD_PER_CONNECTION)
                .start();
    }
}
