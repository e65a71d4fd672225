// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.spawn;

/** What the master tells a worker, or the master after it, over a {@link Channel}. */
public enum Order {
    /** The whole server is about to drain; serve on, and tell who asks. */
    LEAVE('L'),
    /** Accept no more, finish what was begun, then end. */
    DRAIN('D'),
    /** Accept no more, finish what was begun, then become a template. */
    PROMOTE('P'),
    /** End now; what is in flight is lost. */
    STOP('S'),
    /** Open the log files again. */
    REOPEN('O'),
    /** To a new master: it is the master from now on, the one before it goes. */
    TAKE_OVER('T');

    private final byte code;

    Order(char code) {
        this.code = (byte) code;
    }

    byte code() {
        return code;
    }
}
