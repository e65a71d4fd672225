// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.server;

import static dev.ringfork.bindings.SocketOption.IPV6_V6ONLY;
import static dev.ringfork.bindings.SocketOption.IP_FREEBIND;
import static dev.ringfork.bindings.SocketOption.SO_BUSY_POLL;
import static dev.ringfork.bindings.SocketOption.SO_KEEPALIVE;
import static dev.ringfork.bindings.SocketOption.SO_RCVBUF;
import static dev.ringfork.bindings.SocketOption.SO_REUSEADDR;
import static dev.ringfork.bindings.SocketOption.SO_SNDBUF;
import static dev.ringfork.bindings.SocketOption.TCP_DEFER_ACCEPT;
import static dev.ringfork.bindings.SocketOption.TCP_FASTOPEN;
import static dev.ringfork.bindings.SocketOption.TCP_KEEPCNT;
import static dev.ringfork.bindings.SocketOption.TCP_KEEPIDLE;
import static dev.ringfork.bindings.SocketOption.TCP_KEEPINTVL;
import static dev.ringfork.bindings.SocketOption.TCP_NODELAY;
import static dev.ringfork.bindings.SocketOption.TCP_NOTSENT_LOWAT;
import static dev.ringfork.bindings.SocketOption.TCP_QUICKACK;
import static dev.ringfork.bindings.SocketOption.TCP_USER_TIMEOUT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ringfork.bindings.Address;
import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.Platform;
import dev.ringfork.bindings.SocketOption;
import dev.ringfork.bindings.SocketSetting;
import dev.ringfork.bindings.Sockets;
import dev.ringfork.bindings.Syscalls;
import dev.ringfork.reactor.protocol.Connection;
import dev.ringfork.reactor.testing.EngineUnderTest;
import dev.ringfork.reactor.testing.NoLeakedDescriptors;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What a server's sockets are told, read back from the kernel. */
@ExtendWith(NoLeakedDescriptors.class)
final class SocketOptionsTest {
    private static final SocketOptions DEFAULT = SocketOptions.DEFAULT;

    private final Sockets sockets = Syscalls.get().sockets();
    private final Rig rig =
            new Rig(EngineUnderTest.POLL, LoopsUnderTest.ONE, Syscalls.get(), false);
    private final Probe probe = new Probe();

    @AfterEach
    void closeRig() {
        rig.close();
    }

    private Server start(SocketOptions options, Address address) {
        return rig.start(probe, settings -> settings.socketOptions(options), address);
    }

    private int listener() {
        return rig.calls.firstArgument("listen");
    }

    private int accepted() {
        rig.connect().send("x");
        return probe.ask(Connection::fd);
    }

    private static void assumeThere(SocketOption<?> option) {
        assumeTrue(option.supported(), option::absence);
    }

    static Stream<Arguments> inherited() {
        return Stream.of(
                Arguments.of(TCP_NODELAY, false),
                Arguments.of(TCP_NODELAY, true),
                Arguments.of(SO_KEEPALIVE, true),
                Arguments.of(TCP_KEEPIDLE, 33),
                Arguments.of(TCP_KEEPINTVL, 7),
                Arguments.of(TCP_KEEPCNT, 4),
                Arguments.of(TCP_USER_TIMEOUT, 1500),
                Arguments.of(TCP_QUICKACK, false),
                Arguments.of(TCP_QUICKACK, true),
                Arguments.of(TCP_NOTSENT_LOWAT, 16_384));
    }

    @ParameterizedTest
    @MethodSource("inherited")
    <T> void shouldHoldForTheListenerAndForConnections(SocketOption<T> option, T value) {
        assumeThere(option);
        start(DEFAULT.with(option, value), Rig.LOOPBACK);
        assertEquals(value, option.get(sockets, listener()), "the listener");
        int calls = rig.calls.count("setsockopt");

        assertEquals(value, option.get(sockets, accepted()), "the connection");

        boolean inherited =
                DEFAULT.with(option, value).notInherited(here(), Rig.LOOPBACK).isEmpty();
        assertEquals(inherited ? 0 : 1, rig.calls.count("setsockopt") - calls, "calls");
    }

    private static Platform here() {
        return Platform.current();
    }

    static Stream<SocketOption<Integer>> sizes() {
        return Stream.of(SO_RCVBUF, SO_SNDBUF);
    }

    @ParameterizedTest
    @MethodSource("sizes")
    void shouldSizeTheBuffersOfConnectionsOverTcp(SocketOption<Integer> option) {
        start(DEFAULT.with(option, 20_000), Rig.LOOPBACK);
        int asTold = option.get(sockets, listener());

        assertTrue(asTold >= 20_000 && asTold <= 40_000, () -> option + " is " + asTold);
        assertEquals(asTold, option.get(sockets, accepted()));
    }

    @ParameterizedTest
    @MethodSource("sizes")
    void shouldSizeTheBuffersOfUnixConnections(SocketOption<Integer> option, @TempDir Path folder) {
        Address address = new Address.Unix(folder.resolve("socket").toString());
        start(DEFAULT.with(option, 20_000), address);

        // Linux does not copy it from a Unix listener.
        assertEquals(option.get(sockets, listener()), option.get(sockets, accepted()));
    }

    @Test
    void shouldNotDelayUnlessAsked() {
        start(DEFAULT, Rig.LOOPBACK);

        assertTrue(TCP_NODELAY.get(sockets, listener()));
        assertTrue(TCP_NODELAY.get(sockets, accepted()));
    }

    @Test
    void shouldServeWhatWasAcceptedWithItsFirstBytes() {
        assumeThere(TCP_DEFER_ACCEPT);
        start(DEFAULT.with(TCP_DEFER_ACCEPT, 5), Rig.LOOPBACK);

        // The kernel counts in retransmissions, so it rounds up.
        assertTrue(TCP_DEFER_ACCEPT.get(sockets, listener()) >= 5);
        rig.connect().send("first");
        assertEquals("first", probe.awaitReceived(5));
    }

    @Test
    void shouldOpenFast() {
        start(DEFAULT.with(TCP_FASTOPEN, 16), Rig.LOOPBACK);

        assertTrue(TCP_FASTOPEN.get(sockets, listener()) > 0);
    }

    @Test
    void shouldSpin() {
        assumeThere(SO_BUSY_POLL);
        try {
            start(DEFAULT.with(SO_BUSY_POLL, 50), Rig.LOOPBACK);
        } catch (IllegalStateException e) {
            assumeTrue(false, e.getMessage());
        }

        assertEquals(50, SO_BUSY_POLL.get(sockets, listener()));
        assertEquals(50, SO_BUSY_POLL.get(sockets, accepted()));
    }

    @Test
    void shouldListenOnAnAddressThatIsNotThereYet() {
        assumeThere(IP_FREEBIND);
        // Of the block for documentation: no machine has it.
        Address address = Address.parse("192.0.2.1:0");

        start(DEFAULT.with(IP_FREEBIND, true), address);

        assertTrue(IP_FREEBIND.get(sockets, listener()));
    }

    @Test
    void shouldTakeIpv4OnAnIpv6ListenerOnlyIfAsked() throws Exception {
        Address any = Address.parse("[::]:0");
        start(DEFAULT, any);
        assertTrue(IPV6_V6ONLY.get(sockets, listener()));

        Server both = start(DEFAULT.with(IPV6_V6ONLY, false), any);

        assertFalse(IPV6_V6ONLY.get(sockets, listener()));
        int port = ((Address.Inet6) both.addresses().getFirst()).port();
        rig.connect(Address.parse("127.0.0.1:" + port)).send("four");
        assertEquals("four", probe.awaitReceived(4));
    }

    @Test
    void shouldGiveEachAddressWhatSuitsIt(@TempDir Path folder) {
        Address unix = new Address.Unix(folder.resolve("socket").toString());

        rig.start(
                probe,
                settings -> settings.socketOptions(DEFAULT.with(SO_KEEPALIVE, true)),
                unix,
                Rig.LOOPBACK);

        assertTrue(SO_KEEPALIVE.get(sockets, listener()), "the TCP listener came last");
    }

    @Test
    void shouldRefuseAnOptionOfTcpForAUnixSocket(@TempDir Path folder) {
        Address unix = new Address.Unix(folder.resolve("socket").toString());
        SocketOptions options = DEFAULT.with(TCP_FASTOPEN, 16);

        IllegalArgumentException e =
                assertThrows(IllegalArgumentException.class, () -> start(options, unix));

        assertEquals(
                "TCP_FASTOPEN is an option of TCP, and this server listens on "
                        + unix
                        + ": leave --tcp-fastopen out",
                e.getMessage());
    }

    @Test
    void shouldRefuseAnOptionOfIpv6ForIpv4() {
        SocketOptions options = DEFAULT.with(IPV6_V6ONLY, false);

        assertThrows(IllegalArgumentException.class, () -> start(options, Rig.LOOPBACK));
    }

    @Test
    void shouldSayWhyTheKernelRefusesAValue() {
        SocketOptions options = DEFAULT.with(TCP_KEEPCNT, 100_000);

        IllegalStateException e =
                assertThrows(IllegalStateException.class, () -> start(options, Rig.LOOPBACK));

        assertEquals(
                "TCP_KEEPCNT=100000 is refused for 127.0.0.1:0: EINVAL (invalid argument):"
                        + " the value is out of range; leave --tcp-keepalive-count out",
                e.getMessage());
    }

    @Test
    void shouldSayThatTheKernelDoesNotHaveAnOption() {
        // Before it come SO_REUSEADDR and TCP_NODELAY.
        rig.calls.refuse("setsockopt", 0, 0, Errno.ENOPROTOOPT);
        SocketOptions options = DEFAULT.with(SO_KEEPALIVE, true);

        IllegalStateException e =
                assertThrows(IllegalStateException.class, () -> start(options, Rig.LOOPBACK));

        assertTrue(e.toString().contains("this kernel does not have it"), e.toString());
        assertTrue(e.toString().contains("leave --tcp-keepalive out"), e.toString());
    }

    @Test
    void shouldSayWhatAnOptionTakesThatIsNotPermitted() {
        rig.calls.refuse("setsockopt", 0, 0, Errno.EPERM);
        SocketOptions options = DEFAULT.with(SO_KEEPALIVE, true);

        IllegalStateException e =
                assertThrows(IllegalStateException.class, () -> start(options, Rig.LOOPBACK));

        assertTrue(e.toString().contains("CAP_NET_ADMIN"), e.toString());
    }

    @Test
    void shouldLeaveTheServersOwnOptionsToIt() {
        assertThrows(IllegalArgumentException.class, () -> DEFAULT.with(SO_REUSEADDR, false));
    }

    @Test
    void shouldReplaceAnOptionThatIsGivenAgain() {
        SocketOptions options = DEFAULT.with(TCP_KEEPIDLE, 10).with(TCP_KEEPIDLE, 20);

        assertEquals("[TCP_KEEPIDLE=20]", options.toString());
    }

    @Test
    void shouldServeAPeerThatHasGoneBeforeItsSocketIsTuned(@TempDir Path folder) {
        Address unix = new Address.Unix(folder.resolve("socket").toString());
        start(DEFAULT.with(SO_SNDBUF, 20_000), unix);
        rig.calls.refuse("setsockopt", Errno.EINVAL);

        rig.connect().send("still");

        assertEquals("still", probe.awaitReceived(5));
    }

    @Test
    void shouldKnowWhatEachPlatformDoesNotCopy() {
        Address tcp = Rig.LOOPBACK;
        Address unix = new Address.Unix("/socket");
        SocketOptions options = DEFAULT.with(SO_SNDBUF, 20_000).with(TCP_KEEPIDLE, 10);

        assertEquals(List.of(), names(options, Platform.LINUX_X86_64, tcp));
        assertEquals(List.of("SO_SNDBUF=20000"), names(options, Platform.LINUX_X86_64, unix));
        assertEquals(List.of("TCP_KEEPIDLE=10"), names(options, Platform.MACOS_AARCH64, tcp));
        assertEquals(List.of(), names(options, Platform.MACOS_AARCH64, unix));
    }

    private static List<String> names(SocketOptions options, Platform platform, Address address) {
        return options.notInherited(platform, address).stream()
                .map(SocketSetting::toString)
                .toList();
    }
}
