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
import dev.ringfork.prefork.passing.DescriptorSocket;
import dev.ringfork.prefork.passing.Framing;
import dev.ringfork.prefork.passing.ReceivedDescriptors;
import dev.ringfork.reactor.server.ServerSettings;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Servers that come one after the other in one process, and a manager that stores. */
final class ListenerStoreTest {
    private static final int CONNECT_MS = 10_000;
    private static final Address ANY_PORT = Address.parse("127.0.0.1:0");

    @TempDir private Path folder;

    private final Syscalls syscalls = Syscalls.get();
    private final Handed handed = new Handed();
    private final List<String> reports = new ArrayList<>();
    private final List<Binder> binders = new ArrayList<>();

    /** What the manager was told and has not been looked at. */
    private final List<String> told = new ArrayList<>();

    private final SequencedMap<String, Integer> stored = new LinkedHashMap<>();

    @SuppressWarnings("NullAway.Init") // Each test has one of its own.
    private DescriptorSocket manager;

    @BeforeEach
    void open() {
        assumeTrue(Platform.current().linux(), "there is no such manager elsewhere");
        int bound =
                handed.bound(
                        Address.parse("unix:" + folder.resolve("notify")),
                        SocketConstants.SOCK_DGRAM);
        manager = DescriptorSocket.adopt(syscalls.descriptors().dup(bound), Framing.SOCKET);
    }

    @AfterEach
    void close() {
        binders.forEach(Binder::close);
        stored.values().forEach(syscalls.descriptors()::close);
        if (manager != null) {
            manager.close();
        }
        handed.close();
    }

    private Map<String, String> environment() {
        return Map.of("NOTIFY_SOCKET", folder.resolve("notify").toString());
    }

    private ListenerStore store() {
        return ListenerStore.of(environment(), true, reports::add);
    }

    /** Does what the manager was told to do. */
    private void manage() {
        for (ReceivedDescriptors message; (message = manager.tryReceive(8)) != null; ) {
            try (ReceivedDescriptors each = message) {
                String text = new String(each.payload(), StandardCharsets.UTF_8);
                told.add(text);
                String name = text.replaceAll("(?s).*FDNAME=", "");
                if (text.startsWith("FDSTORE=1\n")) {
                    assertEquals(1, each.count());
                    assertEquals(null, stored.put(name, each.take(0)), "stored twice: " + name);
                } else if (text.startsWith("FDSTOREREMOVE=1\n") && stored.containsKey(name)) {
                    syscalls.descriptors().close(stored.remove(name));
                }
            }
        }
    }

    private int copy(int fd) {
        int copy = syscalls.descriptors().fcntl(fd, Fcntl.F_DUPFD_CLOEXEC, 0);
        assertTrue(copy >= 0);
        return copy;
    }

    /** What the next process gets of the manager. */
    private ListenerStore back(ListenerStore store) {
        String text =
                stored.entrySet().stream()
                        .map(each -> each.getKey() + "=" + copy(each.getValue()))
                        .collect(Collectors.joining(";"));
        try (ActivatedListeners listeners =
                ActivatedListeners.read(Map.of("SERVER_STARTER_PORT", text))) {
            store.takeBack(listeners);
            assertEquals(List.of(), listeners.left());
        }
        return store;
    }

    private Binder start(ListenerStore store, Address... addresses) {
        return start(new Binder(syscalls, ServerSettings.DEFAULT), store, null, addresses);
    }

    private Binder start(
            Binder binder, ListenerStore store, @Nullable String names, Address... addresses) {
        binders.add(binder);
        for (Address address : addresses) {
            binder.expect(address, false);
        }
        binder.keepIn(store, names);
        for (Address address : addresses) {
            binder.bind(address, false);
        }
        binder.serving();
        manage();
        return binder;
    }

    private static int port(Binder binder) {
        return ((Address.Inet4) binder.addresses().getFirst()).port();
    }

    private static Socket connect(int port) throws IOException {
        Socket client = new Socket();
        client.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), CONNECT_MS);
        return client;
    }

    /** How many wait. */
    private int taken(Binder binder) {
        int count = 0;
        for (int fd; (fd = binder.listeners().getFirst().accept()) >= 0; count++) {
            syscalls.descriptors().close(fd);
        }
        return count;
    }

    private static void end(Binder binder) {
        binder.withdraw();
        binder.release();
    }

    @Test
    void shouldHaveClientsWaitForTheNextProcess() throws Exception {
        Binder first = start(store(), ANY_PORT);
        assertEquals(List.of("ringfork~0+stream+127.0.0.1%3A0"), List.copyOf(stored.keySet()));
        int port = port(first);
        end(first);
        try (Socket _ = connect(port)) {
            Binder second = start(back(store()), ANY_PORT);
            assertEquals(port, port(second));
            assertEquals(1, taken(second));
            assertEquals(1, told.size(), "stored once: " + told);
            end(second);
        }
        try (Socket _ = connect(port)) {
            assertEquals(1, taken(start(back(store()), ANY_PORT)));
        }
        assertEquals(List.of(), reports);
    }

    @Test
    void shouldLetInWhomAProcessThatWasKilledKeptAway() throws Exception {
        Binder first = start(store(), ANY_PORT);
        int port = port(first);
        Withdrawal.begin(syscalls.sockets(), first.listeners().getFirst().fd());
        Binder second = start(back(store()), ANY_PORT);
        try (Socket _ = connect(port)) {
            assertEquals(1, taken(second));
        }
    }

    @Test
    void shouldKeepThePathOfAUnixSocket() throws Exception {
        Path path = folder.resolve("a:b~c é");
        Address address = Address.parse("unix:" + path);
        end(start(store(), address));
        assertTrue(Files.exists(path));
        try (SocketChannel _ = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
            Binder second = start(back(store()), address);
            assertEquals(List.of(address), second.addresses());
            assertEquals(1, taken(second));
            end(second);
            assertTrue(Files.exists(path));
        }
        Binder last = start(back(ListenerStore.of(environment(), false, reports::add)), address);
        assertEquals(Map.of(), stored);
        end(last);
        assertFalse(Files.exists(path), "it is its own again");
        assertEquals(List.of(), reports);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldBindAnewWhereThePathLeadsElsewhere(boolean other) throws Exception {
        Path path = folder.resolve("s");
        Address address = Address.parse("unix:" + path);
        end(start(store(), address));
        String name = stored.firstEntry().getKey();
        Files.delete(path);
        if (other) {
            // Left behind by somebody else.
            handed.bound(address, SocketConstants.SOCK_STREAM);
        }
        Binder second = start(back(store()), address);
        assertFalse(stored.containsKey(name), () -> stored.toString());
        assertEquals(1, stored.size());
        assertEquals(1, reports.size());
        assertTrue(reports.getFirst().contains("its path does not lead"), reports::toString);
        try (SocketChannel _ = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
            assertEquals(1, taken(second));
        }
    }

    @Test
    void shouldEndWhatNobodyAsksForBeforeItIsInTheWay() throws Exception {
        Binder first = start(store(), ANY_PORT);
        int port = port(first);
        end(first);
        Address all = Address.parse("0.0.0.0:" + port);
        int kept = stored.firstEntry().getValue();
        Binder second = new Binder(syscalls, ServerSettings.DEFAULT);
        binders.add(second);
        second.expect(all, false);
        second.keepIn(back(store()), null);
        // The manager has not closed its copy yet.
        assertTrue(syscalls.descriptors().fcntl(kept, Fcntl.F_GETFD, 0) >= 0);
        second.bind(all, false);
        manage();
        assertEquals(Map.of(), stored);
        assertEquals(
                List.of("closed the stored listener on 127.0.0.1:0: nobody asks for it any more"),
                reports);
        try (Socket _ = connect(port)) {
            assertEquals(1, taken(second));
        }
    }

    @Test
    void shouldPreferWhatASupervisorHandsOver() throws Exception {
        Address address = Address.parse("unix:" + folder.resolve("s"));
        end(start(store(), address));
        ListenerStore store = back(store());
        store.keepOnly(List.of(), List.of(address));
        manage();
        assertEquals(Map.of(), stored);
        assertTrue(reports.getFirst().endsWith("a supervisor hands over another one"));
        assertFalse(Files.exists(folder.resolve("s")));
    }

    @Test
    void shouldNotTakeThePathOfAnotherSocketAway() throws Exception {
        Path path = folder.resolve("s");
        Address address = Address.parse("unix:" + path);
        end(start(store(), address));
        Files.delete(path);
        handed.listener(address, SocketConstants.SOCK_STREAM);
        back(store()).dropAll();
        assertTrue(Files.exists(path));
    }

    @Test
    void shouldRefuseClientsWhereTheManagerCannotBeTold() throws Exception {
        Files.delete(folder.resolve("notify"));
        Binder binder = start(store(), ANY_PORT);
        int port = port(binder);
        assertEquals(1, reports.size());
        assertTrue(reports.getFirst().startsWith("the service manager cannot be told"));
        end(binder);
        assertThrows(ConnectException.class, () -> connect(port).close());
    }

    @Test
    void shouldStoreNoMoreThanThereIsRoomFor() {
        Map<String, String> small =
                Map.of("NOTIFY_SOCKET", folder.resolve("notify").toString(), "FDSTORE", "1");
        assertTrue(ListenerStore.offered(small));
        start(ListenerStore.of(small, true, reports::add), ANY_PORT, ANY_PORT);
        assertEquals(1, stored.size());
        assertEquals(1, reports.size());
        assertTrue(reports.getFirst().contains("keeps 1 at most"), reports::toString);
    }

    @Test
    void shouldNotStoreListenersOfWorkers() {
        Binder binder = new Binder(syscalls, ServerSettings.DEFAULT);
        binder.arrange(AcceptStrategy.REUSEPORT, 2);
        start(binder, store(), null, ANY_PORT);
        assertEquals(List.of(), told);
        assertEquals(1, reports.size());
        assertTrue(reports.getFirst().contains("--accept reuseport"), reports::toString);
    }

    @Test
    void shouldLeaveTheStoreToTheMasterThatTakesOver() throws Exception {
        Address given = Address.parse("unix:" + folder.resolve("given"));
        Binder old = start(store(), ANY_PORT, given);
        assertEquals(2, stored.size());
        Binder young = new Binder(syscalls, ServerSettings.DEFAULT);
        SequencedMap<String, Integer> heritage = new LinkedHashMap<>();
        old.heritage().forEach((name, fd) -> heritage.put(name, copy(fd)));
        young.inherit(heritage);
        Address added = Address.parse("unix:" + folder.resolve("added"));
        start(young, store(), old.stored(), ANY_PORT, added);
        assertEquals(2, told.size(), "the manager does not listen to it yet");
        old.leave();
        young.own();
        end(old);
        manage();
        assertEquals(2, told.size(), () -> told.toString());
        young.alone();
        manage();
        assertEquals(2, stored.size());
        assertTrue(stored.lastEntry().getKey().contains("/added"), stored::toString);
        assertFalse(Files.exists(folder.resolve("given")));
        int port = port(young);
        end(young);
        try (Socket _ = connect(port)) {
            assertEquals(1, taken(start(back(store()), ANY_PORT, added)));
        }
    }

    @Test
    void shouldSayWhyNothingCanBeStored() {
        IllegalArgumentException nobody =
                assertThrows(
                        IllegalArgumentException.class,
                        () -> ListenerStore.of(Map.of("FDSTORE", "9"), true, reports::add));
        assertTrue(String.valueOf(nobody.getMessage()).contains("NOTIFY_SOCKET"), nobody::toString);
        assertFalse(ListenerStore.offered(Map.of("FDSTORE", "9")));
        assertFalse(ListenerStore.offered(environment()));
        Map<String, String> odd =
                Map.of("NOTIFY_SOCKET", folder.resolve("notify").toString(), "FDSTORE", "many");
        assertThrows(IllegalArgumentException.class, () -> ListenerStore.offered(odd));
    }

    @Test
    void shouldCloseWhatAnotherVersionHasStored() {
        int listener = handed.listener(ANY_PORT, SocketConstants.SOCK_STREAM);
        stored.put("ringfork~what", copy(listener));
        back(store());
        manage();
        assertEquals(List.of("FDSTOREREMOVE=1\nFDNAME=ringfork~what"), told);
        assertTrue(reports.getFirst().contains("ringfork~what"), reports::toString);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "127.0.0.1:80",
                "[::1]:0",
                "unix:/run/a:b~c+d e%é.sock",
                "unix:@abstract",
                "unix:../relative;=,"
            })
    void shouldNameAListenerAsAManagerAccepts(String address) {
        StoredName name = StoredName.of(Place.first(Address.parse(address), true).next());
        assertTrue(name.toString().matches("[ -~&&[^:]]{1,255}"), name::toString);
        assertEquals(name, StoredName.parse(name.toString()));
        StoredName file = new StoredName(name.place(), "4711");
        assertEquals(file, StoredName.parse(file.toString()));
    }
}
