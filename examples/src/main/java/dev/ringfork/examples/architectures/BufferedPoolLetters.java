// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.architectures;

import dev.ringfork.bindings.Address;
import dev.ringfork.reactor.protocol.Buffer;
import dev.ringfork.reactor.protocol.Connection;
import dev.ringfork.reactor.protocol.Protocol;
import dev.ringfork.reactor.protocol.Session;
import dev.ringfork.reactor.protocol.WholeMessages;
import dev.ringfork.reactor.server.Architecture;
import dev.ringfork.reactor.server.Server;

/**
 * Buffered pool: takes letters, each ended by a line that is a dot. However slowly somebody writes,
 * a thread gets the letter when it is whole, so that two threads serve any number of slow writers.
 *
 * <p>Try {@code printf 'Dear server,\nbye\n.\n' | nc -N 127.0.0.1 7000}.
 */
public final class BufferedPoolLetters implements Protocol, WholeMessages {
    private BufferedPoolLetters() {}

    /** Starts it. */
    public static Server start(Address address) {
        return Server.builder(new BufferedPoolLetters())
                .listen(address)
                .architecture(Architecture.BUFFERED_POOL)
                .maxThreads(2)
                .start();
    }

    @Override
    public Session open(Connection connection) {
        return in -> {
            for (int end; (end = letterEnd(in)) >= 0; ) {
                int letter = end - in.start();
                in.consume(letter);
                Lines.say(connection, "a letter of " + letter + " bytes");
            }
        };
    }

    @Override
    public Judge judge() {
        return in -> letterEnd(in) < 0 ? Verdict.PART : Verdict.WHOLE;
    }

    /** The index behind the first line that is a dot, or -1. */
    private static int letterEnd(Buffer in) {
        int line = in.start();
        for (int i = line; i < in.end(); i++) {
            if (in.get(i) == '\n') {
                if (i == line + 1 && in.get(line) == '.') {
                    return i + 1;
                }
                line = i + 1;
            }
        }
        return -1;
    }
}
