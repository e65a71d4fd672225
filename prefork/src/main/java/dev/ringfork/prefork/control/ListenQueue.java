// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.control;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.ringfork.bindings.Platform;
import dev.ringfork.bindings.Syscalls;
import dev.ringfork.bindings.abi.SocketConstants;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;

/**
 * How many connections wait in a listener. Immutable.
 *
 * @param address the listener's
 * @param waiting connections that nobody has accepted yet; -1 if it is not to be known
 * @param most how many may wait; -1 if it is not to be known
 */
record ListenQueue(String address, int waiting, int most) {
    /** As much of a {@code tcp_info} as is needed. */
    private static final int BYTES = 32;

    // For a listener the kernel puts the queue and its bound where a connection has its segments:
    // tcpi_unacked and tcpi_sacked.
    private static final int WAITING = 24;
    private static final int MOST = 28;

    /** Those of all listeners, in their order. */
    static List<ListenQueue> all(Syscalls syscalls, Map<String, Integer> listeners) {
        return listeners.entrySet().stream().map(each -> of(syscalls, each)).toList();
    }

    /** That of a listener, which tells it if it is one of TCP on Linux. */
    private static ListenQueue of(Syscalls syscalls, Map.Entry<String, Integer> listener) {
        int waiting = -1;
        int most = -1;
        if (Platform.current().linux()) {
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment info = arena.allocate(BYTES, Integer.BYTES);
                MemorySegment length = arena.allocateFrom(JAVA_INT, BYTES);
                int result =
                        syscalls.sockets()
                                .getsockopt(
                                        listener.getValue(),
                                        SocketConstants.IPPROTO_TCP,
                                        SocketConstants.TCP_INFO,
                                        info,
                                        length);
                if (result == 0 && length.get(JAVA_INT, 0) == BYTES) {
                    waiting = info.get(JAVA_INT, WAITING);
                    most = info.get(JAVA_INT, MOST);
                }
            }
        }
        return new ListenQueue(listener.getKey(), waiting, most);
    }
}
