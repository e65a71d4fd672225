// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.architectures;

import dev.ringfork.bindings.Address;
import dev.ringfork.reactor.protocol.Protocol;
import dev.ringfork.reactor.server.Architecture;
import dev.ringfork.reactor.server.Server;

/**
 * Proactor: one thread, and a ring of io_uring that has received the bytes before it hears of them.
 * Letters come back turned by half the alphabet; said twice, they are what they were.
 *
 * <p>Try {@code nc 127.0.0.1 7000}, and {@code ./ringfork probe} for whether there is a ring.
 */
public final class ProactorCipher {
    private static final int LETTERS = 26;

    private ProactorCipher() {}

    /** Starts it; without a ring as a reactor, which its description tells. */
    public static Server start(Address address) {
        Protocol cipher = Lines.answer(ProactorCipher::turn);
        return Server.builder(cipher).listen(address).architecture(Architecture.PROACTOR).start();
    }

    private static String turn(String line) {
        StringBuilder turned = new StringBuilder(line);
        for (int i = 0; i < line.length(); i++) {
            turned.setCharAt(i, turn(line.charAt(i)));
        }
        return turned.toString();
    }

    private static char turn(char letter) {
        char first = letter >= 'a' ? 'a' : 'A';
        int place = letter - first;
        boolean known = place >= 0 && place < LETTERS;
        return known ? (char) (first + (place + LETTERS / 2) % LETTERS) : letter;
    }
}
