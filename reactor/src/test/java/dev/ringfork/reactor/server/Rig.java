// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ringfork.bindings.Address;
import dev.ringfork.bindings.SocketOption;
import dev.ringfork.bindings.Syscalls;
import dev.ringfork.reactor.protocol.Connection;
import dev.ringfork.reactor.protocol.Protocol;
import dev.ringfork.reactor.testing.Calls;
import dev.ringfork.reactor.testing.Certificates;
import dev.ringfork.reactor.testing.EngineUnderTest;
import dev.ringfork.reactor.testing.Waiting;
import dev.ringfork.reactor.tls.TlsContext;
import dev.ringfork.reactor.tls.TlsProtocol;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/**
 * A server under test with its clients; closes them all.
 *
 * <p>Confined to the test's thread.
 */
final class Rig implements AutoCloseable {
    static final Address LOOPBACK = Address.parse("127.0.0.1:0");

    /** Sends back what it gets. */
    static final Protocol ECHO = connection -> connection::write;

    final Calls calls;
    final EngineUnderTest engine;
    final LoopsUnderTest loops;

    /** Whether a read may give less than there is, as no kernel does on a stream. */
    final boolean cutsReads;

    private final Queue<String> reports = new ConcurrentLinkedQueue<>();
    private final List<Server> servers = new ArrayList<>();
    private final List<Client> clients = new ArrayList<>();

    private final Address address;
    private final Certificates.@Nullable Pair tls;
    private RingUse ringUse = RingUse.DEFAULT;

    Rig(EngineUnderTest engine, LoopsUnderTest loops, Syscalls syscalls, boolean cutsReads) {
        this(engine, loops, syscalls, cutsReads, LOOPBACK, null);
    }

    /** With TLS between server and clients, unless there is no certificate. */
    Rig(
            EngineUnderTest engine,
            LoopsUnderTest loops,
            Syscalls syscalls,
            boolean cutsReads,
            Address address,
            Certificates.@Nullable Pair tls) {
        this.address = address;
        this.tls = tls;
        this.engine = engine;
        this.loops = loops;
        this.calls = new Calls(syscalls);
        this.cutsReads = cutsReads;
    }

    /** What its servers do with a ring, where a test does not say. */
    void ringUse(RingUse use) {
        ringUse = use;
    }

    Server start(Protocol protocol) {
        return start(protocol, settings -> settings);
    }

    Server start(Protocol protocol, UnaryOperator<ServerSettings.Builder> settings) {
        return start(protocol, settings, address);
    }

    Server start(
            Protocol protocol,
            UnaryOperator<ServerSettings.Builder> settings,
            Address... addresses) {
        return launch(
                builder -> builder, chosen -> outermost(protocol, chosen), settings, addresses);
    }

    /** The same with choices of the test's own. */
    Server startWith(
            UnaryOperator<ServerBuilder> choices,
            Protocol protocol,
            UnaryOperator<ServerSettings.Builder> settings,
            Address... addresses) {
        return launch(choices, chosen -> outermost(protocol, chosen), settings, addresses);
    }

    /** With TLS around the protocol, whatever else this rig does. */
    Server startTls(
            Protocol protocol, TlsContext context, UnaryOperator<ServerSettings.Builder> settings) {
        return launch(
                builder -> builder,
                chosen -> TlsProtocol.around(protocol, context, chosen),
                settings,
                LOOPBACK);
    }

    private Server launch(
            UnaryOperator<ServerBuilder> choices,
            Function<ServerSettings, Protocol> protocol,
            UnaryOperator<ServerSettings.Builder> settings,
            Address... addresses) {
        ServerSettings chosen =
                settings.apply(ServerSettings.builder().ringUse(ringUse).report(reports::add))
                        .build();
        ServerBuilder builder =
                choices.apply(loops.arrange(Server.builder(protocol.apply(chosen))))
                        .engine(engine.engine())
                        .trigger(engine.trigger())
                        .settings(chosen)
                        .syscalls(engine.over(calls.syscalls()));
        for (Address address : addresses) {
            builder.listen(address);
        }
        Server server = builder.start();
        servers.add(server);
        return server;
    }

    private Protocol outermost(Protocol protocol, ServerSettings settings) {
        return tls == null
                ? protocol
                : TlsProtocol.around(
                        protocol, TlsContext.load(tls.certificate(), tls.key()), settings);
    }

    /** Skips a test that names addresses as IPv4 does. */
    void assumeInet4() {
        assumeTrue(address instanceof Address.Inet4, "the test names IPv4 addresses");
    }

    /** Skips a test in which nobody but its clients may connect. */
    void assumeThatNobodyTries() {
        assumeTrue(
                !(address instanceof Address.Unix),
                "who binds a path tries first whether somebody serves it");
    }

    /** Skips a test that counts bytes or buffers. */
    void assumeThatBytesAreAllTheSession() {
        assumeTrue(tls == null, "records need bytes and buffers too");
    }

    /** Skips a test whose clients connect while the loop is held. */
    void assumeThatTheKernelConnects() {
        assumeTrue(tls == null, "a handshake would wait for the loop, which is held");
    }

    /** Skips a test in which connections use what the connections of one loop share. */
    void assumeThatOneLoopServes() {
        assumeTrue(loops.oneServes(), "connections may be of different loops");
    }

    /** Skips a test in which one connection waits for another's buffers. */
    void assumeThatBuffersAreShared() {
        assumeTrue(loops.shareBuffers(), "connections may have buffers of different pools");
    }

    /** Skips a test in which the loop that is refused a connection must be the one that gets it. */
    void assumeThatOneLoopAccepts() {
        assumeTrue(loops.oneAccepts(), "another loop may accept what one is refused");
    }

    /** Skips a test in which accept4(2) fails on purpose. */
    void assumeThatAcceptingIsACall() {
        assumeTrue(
                engine != EngineUnderTest.IO_URING,
                "a ring accepts without a call that could be made to fail");
    }

    /** Skips a test that needs two connections at once. */
    void assumeThatManyAreServed() {
        assumeTrue(
                loops.manyAreServed(), "a second client would wait for ever for the first to go");
    }

    Server server() {
        return servers.getLast();
    }

    Client connect() {
        return connect(0);
    }

    /** Connects with a receive buffer of this size. */
    Client connect(int receiveBytes) {
        try {
            return connect(server().addresses().getFirst(), receiveBytes);
        } catch (IOException e) {
            throw new UncheckedIOException("connecting", e);
        }
    }

    /** Connects where that may be refused. */
    Client connect(Address address) throws IOException {
        return connect(address, 0);
    }

    private Client connect(Address address, int receiveBytes) throws IOException {
        if (tls == null) {
            return opened(Client.connect(address, receiveBytes));
        }
        assumeTrue(!(address instanceof Address.Unix), "the JDK has no TLS over unix sockets");
        if (othersAreOpen()) {
            // Before the handshake, which would wait.
            assumeThatManyAreServed();
        }
        return opened(Client.connect(address, receiveBytes, tls.client()));
    }

    /** Connects; null if the server closes that during the handshake, where there is one. */
    @Nullable Client connectUnlessShed() {
        try {
            return connect(server().addresses().getFirst());
        } catch (IOException e) {
            if (tls == null) {
                throw new UncheckedIOException("connecting", e);
            }
            return null;
        }
    }

    /** Connects, and expects to be closed unserved. */
    void expectShed() {
        Client client = connectUnlessShed();
        if (client != null) {
            client.expectClosed();
        }
    }

    /** Connects with TLS, over a socket and with a handshake of the test's own. */
    Client connect(SSLContext tls, Socket below, Consumer<SSLSocket> preparation)
            throws IOException {
        Address.Inet4 address = (Address.Inet4) server().addresses().getFirst();
        return opened(Client.connect(address, tls, below, preparation));
    }

    private Client opened(Client client) {
        boolean second = othersAreOpen();
        clients.add(client);
        if (second) {
            assumeThatManyAreServed();
        }
        return client;
    }

    private boolean othersAreOpen() {
        return clients.stream().anyMatch(other -> !other.closed());
    }

    /** Leaves a socket so little room that its peer has to read for more to be sent. */
    void takeLittle(Connection connection) {
        SocketOption.SO_SNDBUF.set(calls.syscalls().sockets(), connection.fd(), 4096);
    }

    /** Closes the clients, and leaves the server. */
    void closeClients() {
        clients.forEach(Client::close);
    }

    /** Bytes that tell their place. */
    static byte[] bulk(int bytes) {
        byte[] pattern = new byte[bytes];
        new Random(bytes).nextBytes(pattern);
        return pattern;
    }

    /** Waits for a report that contains this, and takes it out. */
    String awaitReport(String part) {
        String[] found = new String[1];
        Waiting.until(
                () -> {
                    found[0] =
                            reports.stream()
                                    .filter(said -> said.contains(part))
                                    .findAny()
                                    .orElse("");
                    return !found[0].isEmpty();
                },
                "the report: " + part);
        reports.remove(found[0]);
        return found[0];
    }

    /** How often this was reported and not yet taken out. */
    long reported(String part) {
        return reports.stream().filter(said -> said.contains(part)).count();
    }

    /** Waits until so many connections are open. */
    void awaitOpen(int connections) {
        Waiting.until(
                () -> server().statistics().open() == connections,
                connections + " open connections");
    }

    @Override
    public void close() {
        clients.forEach(Client::close);
        // Bounded: a server that does not stop must not hold the whole suite.
        servers.forEach(server -> Waiting.of(Thread.startVirtualThread(server::close)));
        List<String> failures =
                reports.stream()
                        .filter(said -> said.contains("failed") || said.contains("never came back"))
                        .toList();
        assertEquals(List.of(), failures, "reported and not expected");
    }
}
