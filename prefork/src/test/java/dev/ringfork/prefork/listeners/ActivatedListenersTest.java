// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.listeners;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringfork.bindings.Address;
import dev.ringfork.bindings.Syscalls;
import dev.ringfork.bindings.abi.Fcntl;
import dev.ringfork.bindings.abi.SocketConstants;
import dev.ringfork.reactor.server.InheritedListener;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Sharing out what was handed over. */
final class ActivatedListenersTest {
    private static final Address ANYWHERE = Address.parse("127.0.0.1:0");

    private final Syscalls syscalls = Syscalls.get();

    /** What is taken and closed here must not be closed again: its number may be another's. */
    private int copy(int fd) {
        return syscalls.descriptors().dup(fd);
    }

    private static Map<String, String> starter(int... fds) {
        StringBuilder text = new StringBuilder();
        for (int fd : fds) {
            text.append(text.isEmpty() ? "" : ";").append("p=").append(fd);
        }
        return Map.of("SERVER_STARTER_PORT", text.toString());
    }

    @Test
    void shouldGiveWhatIsWantedAndCloseTheRest() {
        try (Handed handed = new Handed()) {
            int wanted = copy(handed.listener(ANYWHERE, SocketConstants.SOCK_STREAM));
            int unwanted = copy(handed.listener(ANYWHERE, SocketConstants.SOCK_STREAM));
            ActivatedListeners listeners = ActivatedListeners.read(starter(wanted, unwanted));
            Address address = listeners.left().getFirst().address();
            List<InheritedListener> taken = listeners.take(address::equals);
            assertEquals(1, taken.size());
            assertEquals(wanted, taken.getFirst().fd());
            assertEquals(1, listeners.left().size());
            listeners.close();
            listeners.close();
            assertEquals(List.of(), listeners.left());
            assertTrue(syscalls.descriptors().fcntl(wanted, Fcntl.F_GETFD, 0) >= 0);
            taken.forEach(InheritedListener::close);
        }
    }

    @Test
    void shouldTakeNoneIfOneIsForDatagrams() {
        try (Handed handed = new Handed()) {
            int stream = copy(handed.listener(ANYWHERE, SocketConstants.SOCK_STREAM));
            int datagrams = copy(handed.bound(ANYWHERE, SocketConstants.SOCK_DGRAM));
            try (ActivatedListeners listeners =
                    ActivatedListeners.read(starter(stream, datagrams))) {
                IllegalArgumentException refusal =
                        assertThrows(IllegalArgumentException.class, listeners::takeAll);
                assertTrue(
                        String.valueOf(refusal.getMessage()).contains("is for datagrams"),
                        refusal::toString);
                assertEquals(2, listeners.left().size());
            }
        }
    }
}
