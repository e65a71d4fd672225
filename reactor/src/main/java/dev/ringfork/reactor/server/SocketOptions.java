// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.server;

import dev.ringfork.bindings.Address;
import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.Platform;
import dev.ringfork.bindings.SocketOption;
import dev.ringfork.bindings.SocketSetting;
import dev.ringfork.bindings.Sockets;
import dev.ringfork.bindings.SyscallException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The socket options of a server's listeners and of the connections they accept.
 *
 * <p>Each is set on the listener, from which the kernel copies it to what is accepted, so a
 * connection costs no call. Only what a kernel does not copy is set on each connection: the sizes
 * of buffers for Unix sockets on Linux, the idle time of keep-alive on macOS. Of several addresses
 * each gets the options that suit it. Connections that a session opens get those that are not for
 * listeners alone.
 *
 * <p>Immutable:
 *
 * <pre>{@code
 * SocketOptions.DEFAULT.with(SO_KEEPALIVE, true).with(TCP_KEEPIDLE, 60)
 * }</pre>
 */
public final class SocketOptions {

    /**
     * Answers are small and sent whole, so nothing is gained by waiting for more; and {@code [::]}
     * means the same on every system: listen on 0.0.0.0 too for IPv4.
     */
    private static final List<SocketSetting<?>> UNASKED =
            List.of(SocketOption.TCP_NODELAY.to(true), SocketOption.IPV6_V6ONLY.to(true));

    private static final Map<SocketOption<?>, Rule> RULES = new LinkedHashMap<>();

    static {
        rule(SocketOption.TCP_NODELAY, Kind.TCP, "--tcp-nodelay");
        rule(SocketOption.TCP_DEFER_ACCEPT, Kind.TCP, "--tcp-defer-accept");
        rule(SocketOption.TCP_FASTOPEN, Kind.TCP, "--tcp-fastopen");
        rule(SocketOption.SO_KEEPALIVE, Kind.TCP, "--tcp-keepalive");
        rule(SocketOption.TCP_KEEPIDLE, Kind.TCP, "--tcp-keepalive-idle");
        rule(SocketOption.TCP_KEEPINTVL, Kind.TCP, "--tcp-keepalive-interval");
        rule(SocketOption.TCP_KEEPCNT, Kind.TCP, "--tcp-keepalive-count");
        rule(SocketOption.TCP_USER_TIMEOUT, Kind.TCP, "--tcp-user-timeout");
        rule(SocketOption.TCP_QUICKACK, Kind.TCP, "--tcp-quickack");
        rule(SocketOption.TCP_NOTSENT_LOWAT, Kind.TCP, "--tcp-notsent-lowat");
        rule(SocketOption.SO_BUSY_POLL, Kind.TCP, "--busy-poll");
        rule(SocketOption.SO_RCVBUF, Kind.ANY, "--receive-buffer");
        rule(SocketOption.SO_SNDBUF, Kind.ANY, "--send-buffer");
        rule(SocketOption.IPV6_V6ONLY, Kind.IPV6, "--ipv6-only");
        rule(SocketOption.IP_FREEBIND, Kind.TCP, "--freebind");
    }

    /** Only what is set unasked: {@code TCP_NODELAY} and {@code IPV6_V6ONLY}. */
    public static final SocketOptions DEFAULT = new SocketOptions(Map.of());

    /** Those that mean something to a listener only. */
    private static final Set<SocketOption<?>> OF_LISTENERS =
            Set.of(
                    SocketOption.TCP_DEFER_ACCEPT,
                    SocketOption.TCP_FASTOPEN,
                    SocketOption.IPV6_V6ONLY,
                    SocketOption.IP_FREEBIND);

    /** Those that a socket cannot be told once it is bound. */
    private static final Set<SocketOption<?>> BEFORE_BIND =
            Set.of(SocketOption.IPV6_V6ONLY, SocketOption.IP_FREEBIND);

    /** Those that mean something without a connection. */
    private static final Set<SocketOption<?>> OF_DATAGRAMS =
            Set.of(
                    SocketOption.SO_BUSY_POLL,
                    SocketOption.SO_RCVBUF,
                    SocketOption.SO_SNDBUF,
                    SocketOption.IPV6_V6ONLY,
                    SocketOption.IP_FREEBIND);

    /** Which addresses an option is for. */
    private enum Kind {
        TCP("of TCP"),
        IPV6("of IPv6"),
        ANY("of any socket");

        private final String words;

        Kind(String words) {
            this.words = words;
        }

        private boolean suits(Address address) {
            return switch (this) {
                case TCP -> address instanceof Address.Inet4 || address instanceof Address.Inet6;
                case IPV6 -> address instanceof Address.Inet6;
                case ANY -> true;
            };
        }
    }

    /** What is known of an option: which addresses it is for, and its flag. */
    private record Rule(Kind kind, String flag) {}

    private final Map<SocketOption<?>, SocketSetting<?>> asked;

    private SocketOptions(Map<SocketOption<?>, SocketSetting<?>> asked) {
        this.asked = asked;
    }

    private static void rule(SocketOption<?> option, Kind kind, String flag) {
        RULES.put(option, new Rule(kind, flag));
    }

    private static Rule rule(SocketOption<?> option) {
        Rule rule = RULES.get(option);
        if (rule == null) {
            throw new IllegalArgumentException(
                    "%s is not a server's to choose: there are %s"
                            .formatted(option, RULES.keySet()));
        }
        return rule;
    }

    /**
     * The same with one more option, or with another value of it.
     *
     * @param value in the unit of the option, see {@link SocketOption}
     * @throws IllegalArgumentException if it is not one of those that a server may choose
     */
    public <T> SocketOptions with(SocketOption<T> option, T value) {
        rule(option);
        Map<SocketOption<?>, SocketSetting<?>> more = new LinkedHashMap<>(asked);
        more.put(option, option.to(value));
        return new SocketOptions(more);
    }

    /**
     * Makes sure that the platform has what was asked for and that it suits one of the addresses.
     *
     * @throws IllegalArgumentException if not: the message says why and what helps
     */
    void check(List<Address> addresses) {
        for (SocketOption<?> option : asked.keySet()) {
            Rule rule = rule(option);
            String absence = option.absence();
            if (absence != null) {
                throw new IllegalArgumentException(
                        "%s: leave %s out".formatted(absence, rule.flag));
            }
            if (!addresses.isEmpty() && addresses.stream().noneMatch(rule.kind::suits)) {
                throw new IllegalArgumentException(
                        "%s is an option %s, and this server listens on %s: leave %s out"
                                .formatted(
                                        option, rule.kind.words, addresses.getFirst(), rule.flag));
            }
        }
    }

    /** The same for a server of datagrams, which has no connections. */
    void checkDatagrams(List<Address> addresses) {
        check(addresses);
        for (SocketOption<?> option : asked.keySet()) {
            if (!OF_DATAGRAMS.contains(option)) {
                throw new IllegalArgumentException(
                        "%s is an option of connections, and this server takes datagrams: leave %s out"
                                .formatted(option, rule(option).flag));
            }
        }
    }

    /** Sets what a socket for datagrams has to know before it is bound. */
    void forDatagrams(Sockets sockets, int fd, Address address) {
        for (SocketSetting<?> setting : on(address)) {
            if (OF_DATAGRAMS.contains(setting.option())) {
                set(setting, sockets, fd, address);
            }
        }
    }

    /** Sets what a socket has to know before it listens. */
    void beforeListen(Sockets sockets, int fd, Address address) {
        for (SocketSetting<?> setting : on(address)) {
            if (!afterListen(setting.option())) {
                set(setting, sockets, fd, address);
            }
        }
    }

    /** Sets what listen(2) would undo, or what the kernel refuses before. */
    void afterListen(Sockets sockets, int fd, Address address) {
        for (SocketSetting<?> setting : on(address)) {
            if (afterListen(setting.option())) {
                set(setting, sockets, fd, address);
            }
        }
    }

    /** Sets what a listener that somebody else has bound may still learn. */
    void afterBind(Sockets sockets, int fd, Address address) {
        for (SocketSetting<?> setting : on(address)) {
            if (!BEFORE_BIND.contains(setting.option())) {
                set(setting, sockets, fd, address);
            }
        }
    }

    /** Linux forgets the one in listen(2); macOS takes the other from a listener only. */
    private static boolean afterListen(SocketOption<?> option) {
        return option == SocketOption.TCP_QUICKACK || option == SocketOption.TCP_FASTOPEN;
    }

    private static void set(SocketSetting<?> setting, Sockets sockets, int fd, Address address) {
        int result = setting.set(sockets, fd);
        if (result < 0) {
            throw new IllegalStateException(
                    "%s is refused for %s: %s (%s)%s; leave %s out"
                            .formatted(
                                    setting,
                                    address,
                                    Errno.name(-result),
                                    Errno.text(-result),
                                    remedy(-result),
                                    rule(setting.option()).flag),
                    new SyscallException("setsockopt", -result, setting));
        }
    }

    private static String remedy(int errno) {
        if (errno == Errno.EPERM || errno == Errno.EACCES) {
            return ": it takes CAP_NET_ADMIN";
        }
        if (errno == Errno.EINVAL) {
            return ": the value is out of range";
        }
        return errno == Errno.ENOPROTOOPT || errno == Errno.EOPNOTSUPP || errno == Errno.ENOTSUP
                ? ": this kernel does not have it"
                : "";
    }

    /** What an accepted socket does not inherit from its listener; mostly nothing. */
    List<SocketSetting<?>> notInherited(Platform platform, Address address) {
        List<SocketSetting<?>> rest = new ArrayList<>();
        for (SocketSetting<?> setting : on(address)) {
            if (!inherited(setting.option(), platform, address)) {
                rest.add(setting);
            }
        }
        return List.copyOf(rest);
    }

    /** What a socket is told that connects to an address. */
    List<SocketSetting<?>> outgoing(Address address) {
        List<SocketSetting<?>> told = on(address);
        told.removeIf(setting -> OF_LISTENERS.contains(setting.option()));
        return told;
    }

    private static boolean inherited(SocketOption<?> option, Platform platform, Address address) {
        if (platform.macos()) {
            return option != SocketOption.TCP_KEEPIDLE;
        }
        boolean size = option == SocketOption.SO_RCVBUF || option == SocketOption.SO_SNDBUF;
        return !size || Kind.TCP.suits(address);
    }

    /** What an address gets. */
    private List<SocketSetting<?>> on(Address address) {
        Map<SocketOption<?>, SocketSetting<?>> all = new LinkedHashMap<>();
        UNASKED.forEach(setting -> all.put(setting.option(), setting));
        all.putAll(asked);
        List<SocketSetting<?>> suiting = new ArrayList<>(all.values());
        suiting.removeIf(setting -> !rule(setting.option()).kind.suits(address));
        return suiting;
    }

    /** What was asked for: {@code [SO_KEEPALIVE=true, TCP_KEEPIDLE=60]}. */
    @Override
    public String toString() {
        return asked.values().toString();
    }
}
