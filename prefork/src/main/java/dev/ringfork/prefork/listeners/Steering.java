// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.listeners;

import dev.ringfork.bindings.Sockets;
import dev.ringfork.bindings.abi.SocketConstants;
import java.util.BitSet;

/**
 * Tells the kernel which of the listeners at a port are to get connections from now on: a filter
 * that deals out at random among some of them, {@code SO_ATTACH_REUSEPORT_CBPF} of socket(7).
 *
 * <p>Those that are left out keep what they have in their queues. Listeners count from 0 in the
 * order in which they began to listen.
 */
final class Steering {
    /** A place in the packet where there is none: a random number, SKF_AD_OFF + SKF_AD_RANDOM. */
    private static final int RANDOM = -0x1000 + 56;

    /** An answer beyond all listeners has the kernel choose. */
    private static final int ANY = -1;

    private Steering() {}

    /**
     * Has connections go to some of the listeners of a port.
     *
     * @param listener any of them
     * @param some at least one
     * @return 0, or {@code -errno} where the kernel has no such filters
     */
    static int steer(Sockets sockets, int listener, BitSet some) {
        FilterProgram program = new FilterProgram();
        program.then(FilterProgram.LOAD_WORD, RANDOM);
        program.then(FilterProgram.MODULO, some.cardinality());
        int nth = 0;
        for (int index = some.nextSetBit(0); index >= 0; index = some.nextSetBit(index + 1)) {
            program.answerIf(FilterProgram.JUMP_IF_EQUAL, nth++, index);
        }
        program.then(FilterProgram.RETURN, ANY);
        return program.attach(sockets, listener, SocketConstants.SO_ATTACH_REUSEPORT_CBPF);
    }

    /**
     * Has the kernel deal out among all again, as it does without a filter.
     *
     * @return 0, or {@code -errno}
     */
    static int release(Sockets sockets, int listener) {
        return FilterProgram.detach(sockets, listener, SocketConstants.SO_DETACH_REUSEPORT_BPF);
    }
}
