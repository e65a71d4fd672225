// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.listeners;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ringfork.bindings.Address;
import dev.ringfork.bindings.Platform;
import dev.ringfork.bindings.SyscallException;
import dev.ringfork.bindings.Syscalls;
import dev.ringfork.prefork.accept.AcceptStrategy;
import dev.ringfork.reactor.server.BoundListener;
import dev.ringfork.reactor.server.ServerSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class PortGroupTest {
    private static final int MANY = 60;

    private final Syscalls syscalls = Syscalls.get();
    private final List<Socket> clients = new ArrayList<>();
    private PortGroup group;

    @BeforeEach
    void open() {
        assumeTrue(Platform.current().linux(), "listeners at one port are dealt to on Linux");
        group = new PortGroup(syscalls, Address.parse("127.0.0.1:0"), ServerSettings.DEFAULT);
    }

    @AfterEach
    void close() throws IOException {
        for (Socket client : clients) {
            client.close();
        }
        if (group != null) {
            group.close();
        }
    }

    private static BitSet slots(int... slots) {
        BitSet set = new BitSet();
        for (int slot : slots) {
            set.set(slot);
        }
        return set;
    }

    /** Connects often, and returns how many have come to each listener. */
    private int[] dealt() throws IOException {
        String address = group.address().toString();
        int port = Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
        for (int i = 0; i < MANY; i++) {
            clients.add(new Socket(InetAddress.getLoopbackAddress(), port));
        }
        int[] dealt = new int[group.size()];
        for (int slot = 0; slot < dealt.length; slot++) {
            for (int fd; (fd = group.listener(slot).accept()) >= 0; dealt[slot]++) {
                syscalls.descriptors().close(fd);
            }
        }
        return dealt;
    }

    @Test
    void shouldDealOutAmongAllListeners() throws Exception {
        group.reach(2);
        int[] dealt = dealt();
        assertTrue(dealt[0] > 0 && dealt[1] > 0 && dealt[2] > 0);
        assertEquals(MANY, dealt[0] + dealt[1] + dealt[2]);
    }

    @Test
    void shouldDealOutAmongThoseThatAreServed() throws Exception {
        group.reach(3);
        assertEquals(0, group.steer(slots(1, 3)));
        int[] dealt = dealt();
        assertEquals(MANY, dealt[1] + dealt[3]);
        assertTrue(dealt[1] > 0 && dealt[3] > 0);

        assertEquals(0, group.steer(slots(2)));
        assertEquals(MANY, dealt()[2]);

        assertEquals(0, group.steer(slots()), "somebody has to be dealt to");
        assertEquals(MANY, dealt()[2]);

        assertEquals(0, group.steer(slots(0, 1, 2, 3)));
        dealt = dealt();
        assertTrue(dealt[0] > 0 && dealt[1] > 0 && dealt[2] > 0 && dealt[3] > 0);
    }

    @Test
    void shouldDealNothingToAListenerThatIsNew() throws Exception {
        group.reach(1);
        assertEquals(0, group.steer(slots(0, 1)));
        group.reach(2);
        assertEquals(0, dealt()[2]);
        assertEquals(0, group.steer(slots(0, 1, 2)));
        assertTrue(dealt()[2] > 0);
    }

    @Test
    void shouldCountOnWhenTheLastIsClosedAndOpenedAgain() throws Exception {
        group.reach(2);
        assertEquals(0, group.steer(slots(0, 1)));
        group.closeLast();
        assertEquals(2, group.size());
        group.reach(2);
        assertEquals(0, group.steer(slots(2)));
        assertEquals(MANY, dealt()[2]);
    }

    @Test
    void shouldKeepTheOnlyListener() {
        group.closeLast();
        assertEquals(1, group.size());
    }

    @Test
    void shouldRefuseAPortThatAnotherServerHas() {
        assertThrows(
                SyscallException.class,
                () -> new PortGroup(syscalls, group.address(), ServerSettings.DEFAULT));
        try (BoundListener other =
                BoundListener.open(
                        syscalls, Address.parse("127.0.0.1:0"), false, ServerSettings.DEFAULT)) {
            assertThrows(
                    SyscallException.class,
                    () -> new PortGroup(syscalls, other.address(), ServerSettings.DEFAULT));
        }
    }

    @Test
    void shouldNameEachListenerOfABinderAndHandOverOne() {
        try (Binder binder = new Binder(syscalls, ServerSettings.DEFAULT)) {
            binder.arrange(AcceptStrategy.REUSEPORT, 2);
            binder.bind(Address.parse("127.0.0.1:0"), false);
            String address = binder.addresses().getFirst().toString();
            assertEquals(
                    List.of(address + "#0", address + "#1"),
                    List.copyOf(binder.descriptors().keySet()));
            assertEquals(
                    binder.descriptors().get(address + "#1"), binder.descriptors(1).get(address));
            assertEquals(1, binder.descriptors(2).size());
            assertEquals(3, binder.descriptors().size());
        }
    }
}
