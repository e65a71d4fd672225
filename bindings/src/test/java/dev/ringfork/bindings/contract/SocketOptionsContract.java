// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ringfork.bindings.Address;
import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.PeerCredentials;
import dev.ringfork.bindings.SocketOption;
import dev.ringfork.bindings.SocketSetting;
import dev.ringfork.bindings.Sockets;
import dev.ringfork.bindings.SyscallException;
import dev.ringfork.bindings.abi.SocketConstants;
import java.util.List;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** What every provider's getsockopt and setsockopt have to keep, with {@link SocketOption}. */
public abstract class SocketOptionsContract extends SyscallsContract {

    private Sockets calls() {
        return syscalls().sockets();
    }

    private int tcp() {
        return socket(SocketConstants.AF_INET, SocketConstants.SOCK_STREAM);
    }

    @TestFactory
    List<DynamicTest> shouldReadBackAFlag() {
        return List.of(
                flag(SocketOption.SO_REUSEADDR),
                flag(SocketOption.SO_REUSEPORT),
                flag(SocketOption.SO_KEEPALIVE),
                flag(SocketOption.TCP_NODELAY),
                flag(SocketOption.TCP_CORK),
                flag(SocketOption.IP_FREEBIND));
    }

    private DynamicTest flag(SocketOption<Boolean> option) {
        return DynamicTest.dynamicTest(
                option.toString(),
                () -> {
                    assumeTrue(option.supported(), option::absence);
                    int fd = tcp();
                    assertFalse(option.get(calls(), fd));
                    assertOk(option.set(calls(), fd, true));
                    assertTrue(option.get(calls(), fd));
                    assertOk(option.set(calls(), fd, false));
                    assertFalse(option.get(calls(), fd));
                });
    }

    @TestFactory
    List<DynamicTest> shouldReadBackANumber() {
        return List.of(
                number(SocketOption.SO_LINGER, 7),
                number(SocketOption.SO_LINGER, 0),
                number(SocketOption.SO_LINGER, -1),
                number(SocketOption.TCP_KEEPIDLE, 30),
                number(SocketOption.TCP_KEEPINTVL, 5),
                number(SocketOption.TCP_KEEPCNT, 4),
                number(SocketOption.TCP_USER_TIMEOUT, 1500),
                number(SocketOption.TCP_NOTSENT_LOWAT, 16384),
                number(SocketOption.TCP_DEFER_ACCEPT, 1),
                number(SocketOption.SO_INCOMING_CPU, 0));
    }

    private DynamicTest number(SocketOption<Integer> option, int value) {
        return DynamicTest.dynamicTest(
                option + " " + value,
                () -> {
                    assumeTrue(option.supported(), option::absence);
                    int fd = tcp();
                    assertOk(option.set(calls(), fd, value));
                    assertEquals(value, option.get(calls(), fd));
                });
    }

    @Test
    void shouldSetOneValueOnManySockets() {
        SocketSetting<Boolean> setting = SocketOption.TCP_NODELAY.to(true);
        for (int fd : new int[] {tcp(), tcp()}) {
            assertOk(setting.set(calls(), fd));
            assertTrue(setting.option().get(calls(), fd));
        }
        assertErrno(Errno.ENOTSOCK, setting.set(calls(), pipe(0)[0]));
        assertEquals("TCP_NODELAY=true", setting.toString());
    }

    @Test
    void shouldSetTheSizeOfBuffers() {
        int fd = tcp();
        for (SocketOption<Integer> option :
                List.of(SocketOption.SO_RCVBUF, SocketOption.SO_SNDBUF)) {
            assertOk(option.set(calls(), fd, 64 << 10));
            // Linux doubles it for its own bookkeeping.
            assertTrue(option.get(calls(), fd) >= 64 << 10, option.toString());
        }
    }

    @Test
    void shouldTellWhatASocketIs() {
        assertEquals(SocketConstants.SOCK_STREAM, SocketOption.SO_TYPE.get(calls(), tcp()));
        assertFalse(SocketOption.SO_ACCEPTCONN.get(calls(), tcp()));
        assertTrue(SocketOption.SO_ACCEPTCONN.get(calls(), listener(0)));
    }

    @Test
    void shouldLetTwoSocketsShareAPort() {
        int first = tcp();
        int second = tcp();
        assertOk(SocketOption.SO_REUSEPORT.set(calls(), first, true));
        assertOk(SocketOption.SO_REUSEPORT.set(calls(), second, true));
        assertOk(bind(first, Address.parse("127.0.0.1:0")));
        assertOk(bind(second, nameOf(first)));
    }

    @Test
    void shouldOpenFastOnAListener() {
        assertOk(SocketOption.TCP_FASTOPEN.set(calls(), listener(0), 16));
    }

    @Test
    void shouldAcknowledgeAtOnce() {
        assumeTrue(SocketOption.TCP_QUICKACK.supported(), SocketOption.TCP_QUICKACK::absence);
        int[] connection = connection(listener(0));
        assertOk(SocketOption.TCP_QUICKACK.set(calls(), connection[0], false));
        assertFalse(SocketOption.TCP_QUICKACK.get(calls(), connection[0]));
        assertOk(SocketOption.TCP_QUICKACK.set(calls(), connection[0], true));
        assertTrue(SocketOption.TCP_QUICKACK.get(calls(), connection[0]));
    }

    @Test
    void shouldSpinInAReceive() {
        assumeTrue(SocketOption.SO_BUSY_POLL.supported(), SocketOption.SO_BUSY_POLL::absence);
        int fd = tcp();
        int result = SocketOption.SO_BUSY_POLL.set(calls(), fd, 50);
        assumeTrue(result != -Errno.EPERM, "spinning takes CAP_NET_ADMIN");
        assumeTrue(result != -Errno.ENOPROTOOPT, "this kernel is built without busy polling");
        assertOk(result);
        assertEquals(50, SocketOption.SO_BUSY_POLL.get(calls(), fd));
    }

    @Test
    void shouldKeepIpv6ToItself() {
        int fd = socket(SocketConstants.AF_INET6, SocketConstants.SOCK_STREAM);
        assertOk(SocketOption.IPV6_V6ONLY.set(calls(), fd, true));
        assertTrue(SocketOption.IPV6_V6ONLY.get(calls(), fd));
        assertErrno(Errno.ENOPROTOOPT, SocketOption.IPV6_V6ONLY.set(calls(), tcp(), true));
    }

    @Test
    void shouldTellWhoThePeerIs() {
        int[] pair = socketpair(SocketConstants.SOCK_STREAM);
        PeerCredentials peer = SocketOption.SO_PEERCRED.get(calls(), pair[0]);
        assertEquals(syscalls().processes().getpid(), peer.pid());
        assertTrue(peer.uid() >= 0 && peer.gid() >= 0, peer.toString());
        assertThrows(
                UnsupportedOperationException.class,
                () -> SocketOption.SO_PEERCRED.set(calls(), pair[0], peer));
    }

    @Test
    void shouldReportWhatIsNoSocketOrNoOption() {
        int pipe = pipe(0)[0];
        assertErrno(Errno.ENOTSOCK, SocketOption.SO_REUSEADDR.set(calls(), pipe, true));
        SyscallException failure =
                assertThrows(
                        SyscallException.class, () -> SocketOption.SO_ERROR.get(calls(), pipe));
        assertEquals(Errno.ENOTSOCK, failure.errno());
        assertErrno(Errno.ENOPROTOOPT, SocketOption.SO_TYPE.set(calls(), tcp(), 1));
    }
}
