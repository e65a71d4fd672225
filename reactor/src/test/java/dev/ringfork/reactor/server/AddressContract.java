// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.server;

import static dev.ringfork.bindings.Errno.EADDRINUSE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ringfork.bindings.Address;
import dev.ringfork.bindings.SyscallException;
import dev.ringfork.reactor.protocol.Connection;
import dev.ringfork.reactor.testing.Waiting;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Addresses other than IPv4: IPv6, and names in the file system. */
interface AddressContract extends Rigged {

    /** A name in the file system; skips the test where there may be none. */
    private Address unix(Path path) {
        assumeTrue(rig().loops.hasPaths(), "only one listener can have a name");
        return new Address.Unix(path.toString());
    }

    private Server startAt(Address address) {
        return rig().start(Rig.ECHO, settings -> settings, address);
    }

    @Test
    default void shouldServeInet6() {
        assumeTrue(TransportUnderTest.hostHasInet6(), "this host has no IPv6");
        Probe probe = new Probe().onReceived((connection, in) -> connection.write(in));
        Server server = rig().start(probe, settings -> settings, Address.parse("[::1]:0"));

        rig().connect().ping();

        assertTrue(server.addresses().getFirst().toString().startsWith("[::1]:"));
        assertTrue(probe.ask(Connection::remoteAddress).toString().startsWith("[::1]:"));
    }

    @Test
    default void shouldServeAUnixPath(@TempDir Path folder) throws IOException {
        Path path = folder.resolve("socket");
        Probe probe = new Probe().onReceived((connection, in) -> connection.write(in));
        Server server = rig().start(probe, settings -> settings, unix(path));

        Client client = rig().connect();
        client.ping();
        client.shutdownOutput();
        client.expectEnd();

        assertEquals(List.of(unix(path)), server.addresses());
        assertEquals(new Address.Unnamed(), probe.ask(Connection::remoteAddress));
        assertEquals(List.of(path), list(folder), "no other name is left");
    }

    private static List<Path> list(Path folder) throws IOException {
        try (Stream<Path> names = Files.list(folder)) {
            return names.toList();
        }
    }

    @Test
    default void shouldTellAConnectionWhichUnixPathItCameTo(@TempDir Path folder)
            throws IOException {
        Address[] paths = {unix(folder.resolve("one")), unix(folder.resolve("other"))};
        BlockingQueue<Address> told = new LinkedBlockingQueue<>();
        rig().start(
                        connection -> {
                            told.add(connection.localAddress());
                            return connection::write;
                        },
                        settings -> settings,
                        paths);

        for (Address path : paths) {
            try (Client client = rig().connect(path)) {
                client.ping();
                assertEquals(path, Waiting.of(told, "the address"));
            }
        }
    }

    @Test
    default void shouldRemoveItsUnixPathWhenItStops(@TempDir Path folder) throws IOException {
        startAt(unix(folder.resolve("socket"))).stop();

        assertEquals(List.of(), list(folder));
    }

    @Test
    default void shouldReplaceAUnixPathThatNobodyServes(@TempDir Path folder) throws IOException {
        Path path = folder.resolve("socket");
        try (ServerSocketChannel crashed = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            crashed.bind(UnixDomainSocketAddress.of(path));
        }
        assertTrue(Files.exists(path, LinkOption.NOFOLLOW_LINKS), "the JDK removed it");

        startAt(unix(path));

        rig().connect().ping();
    }

    @Test
    default void shouldRefuseAUnixPathThatIsServed(@TempDir Path folder) {
        Address address = unix(folder.resolve("socket"));
        startAt(address);

        SyscallException e = assertThrows(SyscallException.class, () -> startAt(address));

        assertEquals(EADDRINUSE, e.errno());
        assertTrue(e.toString().contains(address.toString()), e.toString());
        rig().connect().ping();
    }

    @Test
    default void shouldLeaveAUnixPathToWhoeverHasTakenIt(@TempDir Path folder) throws IOException {
        Path path = folder.resolve("socket");
        Server first = startAt(unix(path));
        Files.delete(path);
        startAt(unix(path));

        first.stop();

        rig().connect().ping();
    }

    @Test
    default void shouldNotReplaceAFile(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "precious");

        Address address = unix(file);

        SyscallException e = assertThrows(SyscallException.class, () -> startAt(address));

        assertEquals(EADDRINUSE, e.errno());
        assertEquals("precious", Files.readString(file));
        assertEquals(List.of(file), list(folder));
    }

    @Test
    default void shouldNotReplaceAPipe(@TempDir Path folder)
            throws IOException, InterruptedException {
        Path pipe = folder.resolve("pipe");
        Process maker = new ProcessBuilder("mkfifo", pipe.toString()).inheritIO().start();
        assumeTrue(maker.waitFor() == 0, "mkfifo failed");
        BasicFileAttributes before =
                Files.readAttributes(pipe, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);

        Address address = unix(pipe);
        assertThrows(SyscallException.class, () -> startAt(address));

        BasicFileAttributes left =
                Files.readAttributes(pipe, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        assertEquals(before.fileKey(), left.fileKey(), "it is another file now");
    }

    @Test
    default void shouldLeaveNoNameBehindWhenItCannotListen(@TempDir Path folder)
            throws IOException {
        Address address = unix(folder.resolve("socket"));
        rig().calls.refuse("listen", EADDRINUSE);

        assertThrows(SyscallException.class, () -> startAt(address));

        assertEquals(List.of(), list(folder));
        assertFalse(Files.exists(folder.resolve("socket"), LinkOption.NOFOLLOW_LINKS));
    }

    @Test
    default void shouldFailWhereItCannotCreateAName(@TempDir Path folder) {
        Address address = unix(folder.resolve("missing/socket"));

        SyscallException e = assertThrows(SyscallException.class, () -> startAt(address));

        assertTrue(e.toString().contains(address.toString()), e.toString());
    }
}
