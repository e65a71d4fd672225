// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.http;

import dev.ringfork.reactor.protocol.Connection;

/**
 * One time-out of a connection that is put off far more often than it is reached.
 *
 * <p>Putting it off is one store: the connection's timer is left as it is and set again when it
 * fires too early. Confined to the connection's loop thread.
 */
final class Deadline {
    private final Connection connection;
    private boolean set;
    private boolean armed;
    private long atNs;
    private long armedAtNs;

    Deadline(Connection connection) {
        this.connection = connection;
    }

    /** Moves it to a time from now. */
    void in(long delayNs) {
        long nowNs = connection.nowNs();
        set = true;
        atNs = nowNs + delayNs;
        if (!armed || atNs - armedAtNs < 0) {
            arm(nowNs);
        }
    }

    void clear() {
        set = false;
    }

    /** The connection's timer has fired: whether the time has come. */
    boolean reached() {
        armed = false;
        if (!set) {
            return false;
        }
        long nowNs = connection.nowNs();
        if (atNs - nowNs > 0) {
            arm(nowNs);
            return false;
        }
        set = false;
        return true;
    }

    private void arm(long nowNs) {
        armed = true;
        armedAtNs = atNs;
        connection.expireAfter(atNs - nowNs);
    }
}
