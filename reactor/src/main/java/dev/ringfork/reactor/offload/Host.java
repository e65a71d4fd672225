// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.offload;

import dev.ringfork.bindings.Address;
import dev.ringfork.reactor.BufferSource;
import dev.ringfork.reactor.protocol.Protocol;

/** The server around the sessions that run on workers. Safe for use by many threads. */
public interface Host {

    /**
     * Buffers for one connection, of a pool that all share.
     *
     * @param fed is called, on any thread, when the connection has asked for it and buffers have
     *     come back
     */
    BufferSource buffers(Runnable fed);

    /**
     * Begins to connect, as {@link dev.ringfork.reactor.protocol.Connection#connect} does. Called
     * by the loop, as long as it turns.
     *
     * @param address one that can be encoded
     */
    void connect(Address address, long timeoutNs, Protocol protocol);

    /** Closes a file that will not be sent. */
    void closeFile(int fd);

    /** Makes the loop turn. */
    void wakeup();

    /** Says that a session threw. */
    void sessionFailed(Throwable thrown);

    /** Says that a task of a session threw. */
    void taskFailed(Throwable thrown);

    /** Says something that may happen often; the sentence does not vary. */
    void note(String sentence);
}
