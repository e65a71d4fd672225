// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.spawn;

/** What a worker tells the master over its {@link Channel}. */
public enum Notice {
    /** It accepts connections. */
    READY('R');

    private final byte code;

    Notice(char code) {
        this.code = (byte) code;
    }

    byte code() {
        return code;
    }
}
