// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.command;

import dev.ringfork.bindings.SocketOption;
import dev.ringfork.reactor.server.SocketOptions;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The flags that set socket options. What is not given stays as the system has it. */
final class SocketFlags {
    @Option(
            names = "--tcp-nodelay",
            paramLabel = "on|off",
            description = "Send small segments at once (default: on).")
    private @Nullable Switch nodelay;

    @Option(
            names = "--tcp-defer-accept",
            paramLabel = "TIME",
            description =
                    "Accept a connection when its first bytes are there, or after about this time (Linux).")
    private @Nullable Span deferAccept;

    @Option(
            names = "--tcp-fastopen",
            paramLabel = "N",
            description =
                    "Take data with the first segment from so many connections not yet established.")
    private @Nullable Integer fastopen;

    @Option(
            names = "--tcp-keepalive",
            paramLabel = "on|off",
            description =
                    "Probe clients that are silent; the next three turn it on (default: off).")
    private @Nullable Switch keepalive;

    @Option(
            names = "--tcp-keepalive-idle",
            paramLabel = "TIME",
            description = "Silence before the first probe, in whole seconds.")
    private @Nullable Span keepaliveIdle;

    @Option(
            names = "--tcp-keepalive-interval",
            paramLabel = "TIME",
            description = "Time between probes, in whole seconds.")
    private @Nullable Span keepaliveInterval;

    @Option(
            names = "--tcp-keepalive-count",
            paramLabel = "N",
            description = "Unanswered probes after which the client is given up.")
    private @Nullable Integer keepaliveCount;

    @Option(
            names = "--tcp-user-timeout",
            paramLabel = "TIME",
            description =
                    "How long sent bytes may go unacknowledged before the client is given up (Linux).")
    private @Nullable Span userTimeout;

    @Option(
            names = "--tcp-quickack",
            paramLabel = "on|off",
            description = "Begin connections by acknowledging at once (Linux).")
    private @Nullable Switch quickack;

    @Option(
            names = "--tcp-notsent-lowat",
            paramLabel = "SIZE",
            description = "Unsent bytes in the kernel below which a socket takes more.")
    private @Nullable Size notsentLowat;

    @Option(
            names = "--busy-poll",
            paramLabel = "N",
            description = "Microseconds to spin for packets when there are none (Linux).")
    private @Nullable Integer busyPoll;

    @Option(
            names = "--receive-buffer",
            paramLabel = "SIZE",
            description = "The kernel's receive buffer; it then stays as it is.")
    private @Nullable Size receiveBuffer;

    @Option(
            names = "--send-buffer",
            paramLabel = "SIZE",
            description = "The kernel's send buffer; it then stays as it is.")
    private @Nullable Size sendBuffer;

    @Option(
            names = "--ipv6-only",
            paramLabel = "on|off",
            description = "off: a listener on [::] takes IPv4 too (default: on).")
    private @Nullable Switch ipv6Only;

    @Option(
            names = "--freebind",
            paramLabel = "on|off",
            description = "Listen on an address that this machine does not have yet (Linux).")
    private @Nullable Switch freebind;

    /**
     * The options that were given.
     *
     * @throws Refusal if a value makes no sense
     */
    SocketOptions options() {
        boolean probing =
                keepaliveIdle != null || keepaliveInterval != null || keepaliveCount != null;
        if (probing && keepalive == Switch.OFF) {
            throw Refusal.usage(
                    "--tcp-keepalive: it is off, so leave out what says how to probe, or turn it on",
                    null);
        }
        SocketOptions options = SocketOptions.DEFAULT;
        options = with(options, SocketOption.TCP_NODELAY, nodelay);
        options =
                seconds(options, SocketOption.TCP_DEFER_ACCEPT, "--tcp-defer-accept", deferAccept);
        options = number(options, SocketOption.TCP_FASTOPEN, fastopen);
        options = with(options, SocketOption.SO_KEEPALIVE, probing ? Switch.ON : keepalive);
        options =
                seconds(options, SocketOption.TCP_KEEPIDLE, "--tcp-keepalive-idle", keepaliveIdle);
        options =
                seconds(
                        options,
                        SocketOption.TCP_KEEPINTVL,
                        "--tcp-keepalive-interval",
                        keepaliveInterval);
        options = number(options, SocketOption.TCP_KEEPCNT, keepaliveCount);
        options = number(options, SocketOption.TCP_USER_TIMEOUT, milliseconds(userTimeout));
        options = with(options, SocketOption.TCP_QUICKACK, quickack);
        options =
                bytes(options, SocketOption.TCP_NOTSENT_LOWAT, "--tcp-notsent-lowat", notsentLowat);
        options = number(options, SocketOption.SO_BUSY_POLL, busyPoll);
        options = bytes(options, SocketOption.SO_RCVBUF, "--receive-buffer", receiveBuffer);
        options = bytes(options, SocketOption.SO_SNDBUF, "--send-buffer", sendBuffer);
        options = with(options, SocketOption.IPV6_V6ONLY, ipv6Only);
        return with(options, SocketOption.IP_FREEBIND, freebind);
    }

    private static SocketOptions with(
            SocketOptions options, SocketOption<Boolean> option, @Nullable Switch value) {
        return value == null ? options : options.with(option, value == Switch.ON);
    }

    private static SocketOptions number(
            SocketOptions options, SocketOption<Integer> option, @Nullable Integer value) {
        return value == null ? options : options.with(option, value);
    }

    private static SocketOptions bytes(
            SocketOptions options,
            SocketOption<Integer> option,
            String flag,
            @Nullable Size value) {
        try {
            return value == null ? options : options.with(option, value.intBytes());
        } catch (IllegalArgumentException e) {
            throw Refusal.usage(flag + ": " + Refusal.message(e), e);
        }
    }

    private static SocketOptions seconds(
            SocketOptions options,
            SocketOption<Integer> option,
            String flag,
            @Nullable Span value) {
        if (value == null) {
            return options;
        }
        Duration time = value.duration();
        if (!time.isPositive() || !time.truncatedTo(ChronoUnit.SECONDS).equals(time)) {
            throw Refusal.usage(
                    "%s: the kernel counts in seconds, and %s is no whole number of them"
                            .formatted(flag, value),
                    null);
        }
        return options.with(option, Math.toIntExact(time.toSeconds()));
    }

    private static @Nullable Integer milliseconds(@Nullable Span value) {
        return value == null
                ? null
                : (Integer) (int) Math.min(value.duration().toMillis(), Integer.MAX_VALUE);
    }
}
