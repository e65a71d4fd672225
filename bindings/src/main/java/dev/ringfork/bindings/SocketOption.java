// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.ringfork.bindings.abi.Constants;
import dev.ringfork.bindings.abi.SocketConstants;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * A socket option with the type of its value, socket(7), tcp(7), ip(7).
 *
 * <p>Where a platform lacks an option it is not {@link #supported}, {@link #absence} says why, and
 * {@link #set} returns {@code -ENOPROTOOPT}. Immutable. For the set-up of a socket: both calls take
 * memory for the value.
 *
 * @param <T> Boolean, Integer in the unit of the manual page, or a record
 */
public final class SocketOption<T> {

    /** Binds although old connections of the port linger. */
    public static final SocketOption<Boolean> SO_REUSEADDR =
            flag("SO_REUSEADDR", SocketConstants.SO_REUSEADDR);

    /** Lets several sockets bind one port; only Linux spreads connections over them. */
    public static final SocketOption<Boolean> SO_REUSEPORT =
            flag("SO_REUSEPORT", SocketConstants.SO_REUSEPORT);

    /** Probes a peer that is silent. */
    public static final SocketOption<Boolean> SO_KEEPALIVE =
            flag("SO_KEEPALIVE", SocketConstants.SO_KEEPALIVE);

    /** Bytes of the receive buffer; Linux doubles what is set and reports the double. */
    public static final SocketOption<Integer> SO_RCVBUF =
            number("SO_RCVBUF", SocketConstants.SO_RCVBUF);

    /** Bytes of the send buffer; Linux doubles what is set and reports the double. */
    public static final SocketOption<Integer> SO_SNDBUF =
            number("SO_SNDBUF", SocketConstants.SO_SNDBUF);

    /** Seconds that close(2) waits for data to be sent; 0 resets the connection, -1 is off. */
    public static final SocketOption<Integer> SO_LINGER =
            new SocketOption<>(
                    "SO_LINGER",
                    SocketConstants.SOL_SOCKET,
                    // SO_LINGER itself counts ticks there.
                    onMacos(SocketConstants.SO_LINGER_SEC, SocketConstants.SO_LINGER),
                    SocketValue.LINGER,
                    null);

    /** The error that is pending, positive, or 0; reading clears it. */
    public static final SocketOption<Integer> SO_ERROR =
            number("SO_ERROR", SocketConstants.SO_ERROR);

    /** {@code SOCK_STREAM} and so on. Read only. */
    public static final SocketOption<Integer> SO_TYPE = number("SO_TYPE", SocketConstants.SO_TYPE);

    /** Whether the socket listens. Read only. */
    public static final SocketOption<Boolean> SO_ACCEPTCONN =
            flag("SO_ACCEPTCONN", SocketConstants.SO_ACCEPTCONN);

    /** The CPU that connections are preferably taken from, or that handled the last packet. */
    public static final SocketOption<Integer> SO_INCOMING_CPU =
            linux("SO_INCOMING_CPU", SocketConstants.SOL_SOCKET, SocketConstants.SO_INCOMING_CPU);

    /** Microseconds to spin in a blocking receive; raising it takes CAP_NET_ADMIN. */
    public static final SocketOption<Integer> SO_BUSY_POLL =
            linux("SO_BUSY_POLL", SocketConstants.SOL_SOCKET, SocketConstants.SO_BUSY_POLL);

    /** Who was at the other end of a Unix socket when it was connected. Read only. */
    public static final SocketOption<PeerCredentials> SO_PEERCRED =
            new SocketOption<>(
                    "SO_PEERCRED",
                    onMacos(SocketConstants.SOL_LOCAL, SocketConstants.SOL_SOCKET),
                    onMacos(SocketConstants.LOCAL_PEERCRED, SocketConstants.SO_PEERCRED),
                    SocketValue.PEER,
                    null);

    /** Tells with each message who sent it, {@link Message#credentials}. */
    public static final SocketOption<Boolean> SO_PASSCRED =
            new SocketOption<>(
                    "SO_PASSCRED",
                    SocketConstants.SOL_SOCKET,
                    SocketConstants.SO_PASSCRED,
                    SocketValue.FLAG,
                    "macOS tells who sent a message only for a connection: read SO_PEERCRED");

    /** Sends small segments at once (Nagle's algorithm off). */
    public static final SocketOption<Boolean> TCP_NODELAY =
            tcpFlag("TCP_NODELAY", SocketConstants.TCP_NODELAY);

    /** Seconds that a connection may be without data before it is accepted all the same. */
    public static final SocketOption<Integer> TCP_DEFER_ACCEPT =
            linux(
                    "TCP_DEFER_ACCEPT",
                    SocketConstants.IPPROTO_TCP,
                    SocketConstants.TCP_DEFER_ACCEPT);

    /**
     * How many connections may be pending in fast open; on macOS any but 0 turns it on, for a
     * socket that listens already.
     */
    public static final SocketOption<Integer> TCP_FASTOPEN =
            new SocketOption<>(
                    "TCP_FASTOPEN",
                    SocketConstants.IPPROTO_TCP,
                    SocketConstants.TCP_FASTOPEN,
                    onMacos(SocketValue.ANY_BUT_ZERO, SocketValue.NUMBER),
                    null);

    /** Seconds of silence before the first keep-alive probe. */
    public static final SocketOption<Integer> TCP_KEEPIDLE =
            tcpNumber(
                    "TCP_KEEPIDLE",
                    onMacos(SocketConstants.TCP_KEEPALIVE, SocketConstants.TCP_KEEPIDLE));

    /** Seconds between keep-alive probes. */
    public static final SocketOption<Integer> TCP_KEEPINTVL =
            tcpNumber("TCP_KEEPINTVL", SocketConstants.TCP_KEEPINTVL);

    /** Keep-alive probes before the connection is given up. */
    public static final SocketOption<Integer> TCP_KEEPCNT =
            tcpNumber("TCP_KEEPCNT", SocketConstants.TCP_KEEPCNT);

    /** Milliseconds that sent data may go unacknowledged before the connection is given up. */
    public static final SocketOption<Integer> TCP_USER_TIMEOUT =
            linux(
                    "TCP_USER_TIMEOUT",
                    SocketConstants.IPPROTO_TCP,
                    SocketConstants.TCP_USER_TIMEOUT);

    /** Acknowledges at once; the kernel turns it off again by itself. */
    public static final SocketOption<Boolean> TCP_QUICKACK =
            new SocketOption<>(
                    "TCP_QUICKACK",
                    SocketConstants.IPPROTO_TCP,
                    SocketConstants.TCP_QUICKACK,
                    SocketValue.FLAG,
                    "macOS has no TCP_QUICKACK");

    /** Unsent bytes below which the socket counts as writable. */
    public static final SocketOption<Integer> TCP_NOTSENT_LOWAT =
            tcpNumber("TCP_NOTSENT_LOWAT", SocketConstants.TCP_NOTSENT_LOWAT);

    /** Holds back incomplete segments; {@code TCP_NOPUSH} on macOS. */
    public static final SocketOption<Boolean> TCP_CORK =
            tcpFlag("TCP_CORK", onMacos(SocketConstants.TCP_NOPUSH, SocketConstants.TCP_CORK));

    /** Keeps an IPv6 socket from taking IPv4 as well. */
    public static final SocketOption<Boolean> IPV6_V6ONLY =
            new SocketOption<>(
                    "IPV6_V6ONLY",
                    SocketConstants.IPPROTO_IPV6,
                    SocketConstants.IPV6_V6ONLY,
                    SocketValue.FLAG,
                    null);

    /** Binds to an address that the machine does not have yet. */
    public static final SocketOption<Boolean> IP_FREEBIND =
            new SocketOption<>(
                    "IP_FREEBIND",
                    SocketConstants.IPPROTO_IP,
                    SocketConstants.IP_FREEBIND,
                    SocketValue.FLAG,
                    "macOS has no IP_FREEBIND");

    private final String name;
    private final int level;
    private final int option;
    private final SocketValue<T> value;
    private final @Nullable String macosAbsence;

    private SocketOption(
            String name,
            int level,
            int option,
            SocketValue<T> value,
            @Nullable String macosAbsence) {
        this.name = name;
        this.level = level;
        this.option = option;
        this.value = value;
        this.macosAbsence = macosAbsence;
    }

    private static SocketOption<Boolean> flag(String name, int option) {
        return new SocketOption<>(name, SocketConstants.SOL_SOCKET, option, SocketValue.FLAG, null);
    }

    private static SocketOption<Integer> number(String name, int option) {
        return new SocketOption<>(
                name, SocketConstants.SOL_SOCKET, option, SocketValue.NUMBER, null);
    }

    private static SocketOption<Boolean> tcpFlag(String name, int option) {
        return new SocketOption<>(
                name, SocketConstants.IPPROTO_TCP, option, SocketValue.FLAG, null);
    }

    private static SocketOption<Integer> tcpNumber(String name, int option) {
        return new SocketOption<>(
                name, SocketConstants.IPPROTO_TCP, option, SocketValue.NUMBER, null);
    }

    private static SocketOption<Integer> linux(String name, int level, int option) {
        return new SocketOption<>(name, level, option, SocketValue.NUMBER, "macOS has no " + name);
    }

    private static <V> V onMacos(V macos, V linux) {
        return Platform.current().macos() ? macos : linux;
    }

    /** Whether this platform has the option. */
    public boolean supported() {
        return absence() == null;
    }

    /** Why the platform lacks the option, or null when it is there. */
    public @Nullable String absence() {
        return option == Constants.ABSENT ? macosAbsence : null;
    }

    /**
     * Sets the option.
     *
     * @return 0, or {@code -ENOPROTOOPT} when the platform lacks it, {@code -EINVAL}, {@code
     *     -EPERM}…
     */
    public int set(Sockets sockets, int fd, T newValue) {
        try (Arena arena = Arena.ofConfined()) {
            return set(sockets, fd, encode(arena, newValue));
        }
    }

    /** The same with a value that lies in memory already. */
    int set(Sockets sockets, int fd, MemorySegment memory) {
        return supported()
                ? sockets.setsockopt(fd, level, option, memory, value.bytes())
                : -Errno.ENOPROTOOPT;
    }

    /** The value as the call takes it. */
    MemorySegment encode(Arena arena, T newValue) {
        MemorySegment memory = arena.allocate(value.bytes(), Integer.BYTES);
        value.write(memory, newValue);
        return memory;
    }

    /** The option with a value, to be set on many sockets. */
    public SocketSetting<T> to(T newValue) {
        return new SocketSetting<>(this, newValue);
    }

    /**
     * Reads the option.
     *
     * @throws SyscallException if the socket does not have it, or the platform lacks it
     */
    public T get(Sockets sockets, int fd) {
        if (!supported()) {
            throw new SyscallException("getsockopt", Errno.ENOPROTOOPT, absence());
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment memory = arena.allocate(value.bytes(), Integer.BYTES);
            MemorySegment length = arena.allocateFrom(JAVA_INT, value.bytes());
            int result = sockets.getsockopt(fd, level, option, memory, length);
            Errno.check("getsockopt " + name, result, "descriptor " + fd);
            return value.read(sockets, fd, memory);
        }
    }

    /** The option's name, {@code SO_REUSEADDR} for instance. */
    @Override
    public String toString() {
        return name;
    }
}
