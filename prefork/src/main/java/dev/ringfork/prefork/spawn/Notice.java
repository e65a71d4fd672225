// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.spawn;

/** What a worker tells the master over its {@link Channel}. */
public enum Notice {
    /** It accepts connections. */
    READY('R'),
    /** It has finished, and workers can be forked from it: its channel is for such orders now. */
    PROMOTED('P');

    private final byte code;

    Notice(char code) {
        this.code = (byte) code;
    }

    byte code() {
        return code;
    }
}
