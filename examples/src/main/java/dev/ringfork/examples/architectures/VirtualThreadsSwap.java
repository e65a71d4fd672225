// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.architectures;

import dev.ringfork.bindings.Address;
import dev.ringfork.reactor.protocol.Protocol;
import dev.ringfork.reactor.server.Architecture;
import dev.ringfork.reactor.server.Server;
import java.util.concurrent.Exchanger;

/**
 * Virtual threads: swaps the lines of two clients. The handler blocks until somebody else says
 * something; ten thousand may wait so, at the cost of their memory.
 *
 * <p>Try {@code nc 127.0.0.1 7000} in two terminals, and say something in each.
 */
public final class VirtualThreadsSwap {
    private VirtualThreadsSwap() {}

    /** Starts it. */
    public static Server start(Address address) {
        Exchanger<String> middle = new Exchanger<>();
        Protocol swap =
                Lines.answer(line -> {
                    try {
                        return middle.exchange(line);
                    } catch (InterruptedException e) {
                        return "nobody came";
                    }
                });
        return Server.builder(swap)
                .listen(address)
                .architecture(Architecture.VIRTUAL_THREADS)
                .start();
    }
}
