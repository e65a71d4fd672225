// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * A socket option with the value it is to have, for many sockets: the memory that the call takes is
 * made once, so {@link #set} allocates nothing.
 *
 * <p>Immutable and safe for use by many threads.
 *
 * @param <T> the type of the value
 */
public final class SocketSetting<T> {
    private final SocketOption<T> option;
    private final T value;
    // Freed with this object: a setting lives as long as the server that it belongs to.
    private final MemorySegment memory;

    SocketSetting(SocketOption<T> option, T value) {
        this.option = option;
        this.value = value;
        this.memory = option.encode(Arena.ofAuto(), value);
    }

    /** What is set. */
    public SocketOption<T> option() {
        return option;
    }

    /** What it is set to. */
    public T value() {
        return value;
    }

    /**
     * Sets it on a socket.
     *
     * @return as {@link SocketOption#set}
     */
    public int set(Sockets sockets, int fd) {
        return option.set(sockets, fd, memory);
    }

    /** {@code TCP_NODELAY=true} for instance. */
    @Override
    public String toString() {
        return option + "=" + value;
    }
}
