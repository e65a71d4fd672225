// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.server;

import static dev.ringfork.bindings.Errno.EADDRINUSE;
import static dev.ringfork.bindings.Errno.EPROTONOSUPPORT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringfork.bindings.Address;
import dev.ringfork.bindings.SyscallException;
import dev.ringfork.bindings.Syscalls;
import dev.ringfork.reactor.protocol.Protocol;
import dev.ringfork.reactor.testing.Certificates;
import dev.ringfork.reactor.testing.EngineUnderTest;
import dev.ringfork.reactor.testing.NoLeakedDescriptors;
import dev.ringfork.reactor.tls.TlsContext;
import dev.ringfork.reactor.tls.TlsProtocol;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What can be listened on for packets, and how many of them wait. */
@ExtendWith(NoLeakedDescriptors.class)
final class PacketListenTest {
    @TempDir private Path folder;
    private Rig rig;
    private Address address;

    @BeforeEach
    void openRig() {
        PacketClient.assumeThere();
        rig = new Rig(EngineUnderTest.POLL, LoopsUnderTest.ONE, Syscalls.get(), false);
        address = new Address.Unix(folder.resolve("socket").toString());
    }

    @AfterEach
    void closeRig() {
        if (rig != null) {
            rig.close();
        }
    }

    private Server start(Protocol protocol, Address... streams) {
        return rig.startWith(
                builder -> builder.listenPackets(address), protocol, settings -> settings, streams);
    }

    @Test
    void shouldServeStreamsAndPacketsAtOnce() {
        Server server = start(Rig.ECHO, Rig.LOOPBACK);

        try (PacketClient packets = PacketClient.connect(server.addresses().getFirst());
                Client stream = connectStream(server.addresses().getLast())) {
            packets.send("one").send("two");
            stream.send("one").send("two");

            assertEquals("one", packets.text());
            assertEquals("two", packets.text());
            assertEquals("onetwo", stream.read(6));
        }
    }

    private Client connectStream(Address of) {
        try {
            return rig.connect(of);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void shouldServeAnAbstractName() {
        address = new Address.Abstract("ringfork-" + folder.getFileName());
        start(Rig.ECHO);

        try (PacketClient client = PacketClient.connect(address)) {
            client.ping();
        }
    }

    @Test
    void shouldAskTheKernelNothingAboutStreams() {
        rig.start(Rig.ECHO);
        rig.connect().ping();
        int asked = rig.calls.count("getsockopt");

        rig.connect().ping();

        assertEquals(asked, rig.calls.count("getsockopt"));
    }

    @Test
    void shouldBoundThePacketsThatWait() {
        Probe probe = new Probe();
        start(probe);
        byte[] packet = new byte[1];

        try (PacketClient client = PacketClient.connect(address)) {
            int queued =
                    probe.ask(connection -> {
                        int count = 0;
                        while (connection.write(packet)) {
                            count++;
                        }
                        assertNull(connection.output(1));
                        return count;
                    });
            assertEquals(PacketQueue.PACKETS_MAX, queued);

            for (int i = 0; i < queued; i++) {
                assertEquals(1, client.receive().length);
            }
            probe.run(connection -> connection.write(packet));
            assertEquals(1, client.receive().length);
        }
    }

    @Test
    void shouldNotTakeAPathFromAServerOfPackets() {
        start(Rig.ECHO);

        SyscallException e = assertThrows(SyscallException.class, () -> start(Rig.ECHO));

        assertEquals(EADDRINUSE, e.errno());
        try (PacketClient client = PacketClient.connect(address)) {
            client.ping();
        }
    }

    @Test
    void shouldRefuseAddressesOfTcp() {
        IllegalArgumentException e =
                assertThrows(
                        IllegalArgumentException.class,
                        () -> Server.builder(Rig.ECHO).listenPackets(Rig.LOOPBACK));

        assertTrue(e.toString().contains("127.0.0.1:0"), e.toString());
    }

    @Test
    void shouldRefuseTls() {
        Certificates.Pair pair = Certificates.of(Certificates.Kind.EC);
        Protocol tls =
                TlsProtocol.around(Rig.ECHO, TlsContext.load(pair.certificate(), pair.key()));

        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> start(tls));

        assertTrue(e.toString().contains("TlsProtocol needs streams"), e.toString());
    }

    @Test
    void shouldSayThatASystemHasNoPackets() {
        rig.calls.refuse("socket", EPROTONOSUPPORT);

        IllegalArgumentException e =
                assertThrows(IllegalArgumentException.class, () -> start(Rig.ECHO));

        assertTrue(e.toString().contains("SOCK_SEQPACKET"), e.toString());
        assertTrue(e.toString().contains("--seqpacket"), e.toString());
    }
}
