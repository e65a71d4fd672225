// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.listeners;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ringfork.bindings.Address;
import dev.ringfork.bindings.Platform;
import dev.ringfork.bindings.Syscalls;
import dev.ringfork.bindings.abi.Fcntl;
import dev.ringfork.bindings.abi.SocketConstants;
import dev.ringfork.prefork.accept.AcceptStrategy;
import dev.ringfork.reactor.server.BoundListener;
import dev.ringfork.reactor.server.InheritedListener;
import dev.ringfork.reactor.server.ServerSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Two binders of one process, of which the younger inherits as a new master does. */
final class HeritageTest {
    private static final int MANY = 60;
    private static final int CONNECT_MS = 10_000;
    private static final Address ANY_PORT = Address.parse("127.0.0.1:0");

    @TempDir private Path folder;

    private final Syscalls syscalls = Syscalls.get();
    private final List<Socket> clients = new ArrayList<>();
    private Binder old;
    private Binder young;

    @BeforeEach
    void open() {
        assumeTrue(Platform.current().linux(), "filters are Linux's");
        old = new Binder(syscalls, ServerSettings.DEFAULT);
        young = new Binder(syscalls, ServerSettings.DEFAULT);
    }

    @AfterEach
    void close() throws IOException {
        for (Socket client : clients) {
            client.close();
        }
        if (old != null) {
            old.close();
            young.close();
        }
    }

    /** What a process gets that is started: other descriptors of the same sockets. */
    private SequencedMap<String, Integer> copies() {
        SequencedMap<String, Integer> copies = new LinkedHashMap<>();
        old.heritage()
                .forEach((name, fd) -> {
                    int copy = syscalls.descriptors().fcntl(fd, Fcntl.F_DUPFD_CLOEXEC, 0);
                    assertTrue(copy >= 0);
                    copies.put(name, copy);
                });
        return copies;
    }

    private void bindBoth(int oldWorkers, int youngWorkers) {
        bindBoth(AcceptStrategy.REUSEPORT, oldWorkers, youngWorkers);
    }

    private void bindBoth(AcceptStrategy strategy, int oldWorkers, int youngWorkers) {
        old.arrange(strategy, oldWorkers);
        old.bind(ANY_PORT, false);
        young.arrange(strategy, youngWorkers);
        young.inherit(copies());
        young.bind(ANY_PORT, false);
    }

    private static int port(Binder binder) {
        String address = binder.addresses().getFirst().toString();
        return Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
    }

    private void connectMany() throws IOException {
        connectMany(old);
    }

    private void connectMany(Binder binder) throws IOException {
        InetSocketAddress address =
                new InetSocketAddress(InetAddress.getLoopbackAddress(), port(binder));
        for (int i = 0; i < MANY; i++) {
            Socket client = new Socket();
            clients.add(client);
            client.connect(address, CONNECT_MS);
        }
    }

    /** That whoever begins to connect is neither let in nor refused. */
    private void assertKeptAway() throws IOException {
        try (Socket late = new Socket()) {
            InetSocketAddress address =
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), port(old));
            assertThrows(SocketTimeoutException.class, () -> late.connect(address, 200));
        }
    }

    /** How many wait in each listener of a group, who wait no more then. */
    private int[] taken(PortGroup group) {
        int[] taken = new int[group.size()];
        for (int slot = 0; slot < taken.length; slot++) {
            taken[slot] = taken(group.listener(slot));
        }
        return taken;
    }

    private int taken(BoundListener listener) {
        int count = 0;
        for (int fd; (fd = listener.accept()) >= 0; count++) {
            syscalls.descriptors().close(fd);
        }
        return count;
    }

    private static PortGroup group(Binder binder) {
        return binder.groups().iterator().next();
    }

    private static BitSet first(int count) {
        BitSet slots = new BitSet();
        slots.set(0, count);
        return slots;
    }

    @Test
    void shouldInheritTheQueuesOfAllListenersOfAPort() throws Exception {
        bindBoth(2, 2);
        assertEquals(old.addresses(), young.addresses());
        connectMany();
        old.leave();
        young.own();
        old.release();
        int[] taken = taken(group(young));
        assertEquals(MANY, taken[0] + taken[1]);
        assertTrue(taken[0] > 0 && taken[1] > 0);
    }

    @Test
    void shouldDealNothingToAddedListenersBeforeTheNewMasterSaysSo() throws Exception {
        bindBoth(2, 3);
        // All that the older one knows: it must not mean those that it does not.
        assertEquals(0, group(old).steer(first(1)));
        assertEquals(0, group(old).steer(first(2)));
        connectMany();
        assertEquals(0, taken(group(young))[2]);

        old.leave();
        young.own();
        assertEquals(0, group(young).steer(first(3)));
        connectMany();
        assertTrue(taken(group(young))[2] > 0);
    }

    @Test
    void shouldSteerAwayFromListenersThatANewMasterDoesNotWant() throws Exception {
        bindBoth(3, 2);
        old.leave();
        young.own();
        assertEquals(3, group(young).size(), "what waits there is to be accepted");
        assertEquals(0, group(young).steer(first(2)));
        connectMany();
        assertEquals(0, taken(group(young))[2]);
    }

    @Test
    void shouldGoOnWithItsListenersWhenTheNewMasterIsGone() throws Exception {
        bindBoth(2, 3);
        young.close();
        old.keep();
        assertEquals(0, group(old).steer(first(2)));
        connectMany();
        int[] taken = taken(group(old));
        assertEquals(MANY, taken[0] + taken[1]);
        assertTrue(taken[0] > 0 && taken[1] > 0);
    }

    @Test
    void shouldNotTakeAPlainListenerForOneOfSeveral() {
        old.bind(ANY_PORT, false);
        Address same = old.addresses().getFirst();
        young.arrange(AcceptStrategy.REUSEPORT, 2);
        young.inherit(copies());
        assertThrows(RuntimeException.class, () -> young.bind(same, false));
    }

    @Test
    void shouldLetThoseInWhoHadConnectedAndNobodyElse() throws Exception {
        old.bind(ANY_PORT, false);
        connectMany();
        old.withdraw();
        assertKeptAway();
        BoundListener listener = old.listeners().getFirst();
        int fd = listener.accept();
        assertTrue(fd >= 0);
        syscalls.descriptors().close(fd);
        assertEquals(-1, clients.getFirst().getInputStream().read(), "its end arrives");
        assertEquals(MANY - 1, taken(listener));
    }

    @Test
    void shouldKeepNobodyAwayFromListenersOfAnotherMaster() throws Exception {
        old.bind(ANY_PORT, false);
        young.inherit(copies());
        young.bind(ANY_PORT, false);
        young.withdraw();
        connectMany();
        young.own();
        old.leave();
        old.withdraw();
        connectMany();
        assertEquals(2 * MANY, taken(young.listeners().getFirst()));
    }

    @ParameterizedTest
    @EnumSource(names = {"SHARED", "REUSEPORT"})
    void shouldLetClientsInWhomTheNewMasterHadKeptAway(AcceptStrategy strategy) throws Exception {
        bindBoth(strategy, 1, 1);
        young.own();
        young.withdraw();
        assertKeptAway();
        young.close();
        old.keep();
        connectMany();
    }

    @Test
    void shouldKeepClientsAwayForItsOwnSakeAlsoWhenTheNewMasterIsGone() throws Exception {
        bindBoth(AcceptStrategy.SHARED, 1, 1);
        old.withdraw();
        young.close();
        old.keep();
        assertKeptAway();
    }

    @Test
    void shouldOwnWhatAMasterHadThatHasEnded() throws Exception {
        bindBoth(AcceptStrategy.SHARED, 1, 1);
        assertFalse(young.owner());
        young.alone();
        assertTrue(young.owner());
        young.withdraw();
        assertKeptAway();
    }

    @Test
    void shouldDealNothingToAListenerThatOnlyTheOlderMasterHas() throws Exception {
        bindBoth(2, 2);
        assertEquals(1, old.descriptors(2).size());
        assertEquals(0, group(old).steer(first(3)));
        connectMany();
        assertEquals(MANY, Arrays.stream(taken(group(young))).sum(), "before it is handed over");

        old.leave();
        young.own();
        assertEquals(0, group(young).steer(first(2)));
        connectMany();
        assertEquals(MANY, Arrays.stream(taken(group(young))).sum(), "while the old one drains");

        old.release();
        young.alone();
        assertFalse(group(young).shared());
        assertEquals(0, group(young).steer(first(2)));
        connectMany(young);
        assertEquals(MANY, Arrays.stream(taken(group(young))).sum(), "when it is gone");
    }

    @Test
    void shouldRemoveThePathBeforeItIsClosed() throws Exception {
        Path path = folder.resolve("socket");
        old.bind(Address.parse("unix:" + path), false);
        try (SocketChannel client = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
            assertTrue(client.isConnected());
            old.withdraw();
            assertFalse(Files.exists(path));
            assertEquals(1, taken(old.listeners().getFirst()));
        }
    }

    @Test
    void shouldHandOnWhatASupervisorGaveAlsoWhereTheMasterAccepts() {
        try (Handed handed = new Handed()) {
            int fd = handed.listener(ANY_PORT, SocketConstants.SOCK_STREAM);
            int copy = syscalls.descriptors().fcntl(fd, Fcntl.F_DUPFD_CLOEXEC, 0);
            old.arrange(AcceptStrategy.PASS, 1);
            old.adopt(InheritedListener.of(copy));
            assertEquals(List.of(copy), old.handedOver());
            assertTrue(old.heritage().isEmpty());
            assertEquals(1, old.listeners().size());
        }
    }
}
