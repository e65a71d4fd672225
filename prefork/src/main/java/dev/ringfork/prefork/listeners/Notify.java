// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.listeners;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.ringfork.bindings.Address;
import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.Message;
import dev.ringfork.bindings.Syscalls;
import dev.ringfork.bindings.abi.SocketConstants;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Tells the manager of services how this process is doing, sd_notify(3).
 *
 * <p>Immutable and safe for use by many threads. Each message is one datagram, and blocks only
 * while the manager's queue is full. Where nobody asked, no {@code NOTIFY_SOCKET} being set,
 * nothing is sent.
 *
 * <pre>{@code
 * Notify notify = Notify.of(System.getenv());
 * notify.ready();
 * notify.status("12 workers");
 * }</pre>
 *
 * <p>Each method says whether somebody was told, and throws {@link
 * dev.ringfork.bindings.SyscallException} if the manager cannot be reached.
 */
public final class Notify {
    static final Set<String> VARIABLES =
            Set.of("NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID", ListenerStore.ROOM);

    private final @Nullable Address socket;
    private final @Nullable Duration watchdog;

    private Notify(@Nullable Address socket, @Nullable Duration watchdog) {
        this.socket = socket;
        this.watchdog = watchdog;
    }

    /**
     * The manager that an environment names.
     *
     * @throws IllegalArgumentException if what it names is no Unix socket
     */
    public static Notify of(Map<String, String> environment) {
        String name = environment.getOrDefault("NOTIFY_SOCKET", "");
        return new Notify(name.isEmpty() ? null : address(name), watchdog(environment));
    }

    private static Address address(String name) {
        if (name.length() > 1 && name.startsWith("@")) {
            return new Address.Abstract(name.substring(1));
        }
        if (name.length() > 1 && name.startsWith("/")) {
            return new Address.Unix(name);
        }
        throw new IllegalArgumentException(
                "NOTIFY_SOCKET=%s: an absolute path, or @ and a name, is needed; unset it if nobody is to be told"
                        .formatted(name));
    }

    private static @Nullable Duration watchdog(Map<String, String> environment) {
        String usec = environment.get("WATCHDOG_USEC");
        String pid = environment.get("WATCHDOG_PID");
        int own = Syscalls.get().processes().getpid();
        if (usec == null || (pid != null && !pid.equals(Integer.toString(own)))) {
            return null;
        }
        if (!usec.matches("[0-9]{1,18}")) {
            throw new IllegalArgumentException(
                    "WATCHDOG_USEC=%s: not a number of microseconds; unset it if nobody watches"
                            .formatted(usec));
        }
        return Duration.ofNanos(TimeUnit.MICROSECONDS.toNanos(Long.parseLong(usec)));
    }

    /** Whether somebody wants to be told. */
    public boolean wanted() {
        return socket != null;
    }

    /**
     * Within which time {@link #watchdog()} has to be called again, or null when nobody watches.
     * Half of it is a good interval.
     */
    public @Nullable Duration watchdogInterval() {
        return watchdog;
    }

    /** This process serves: what was started after it may start. */
    public boolean ready() {
        return send("READY=1");
    }

    /** This process reads its configuration again, and says {@link #ready} when it has. */
    public boolean reloading() {
        return send(reloadingNow());
    }

    static String reloadingNow() {
        // nanoTime is CLOCK_MONOTONIC where there is a manager that compares it.
        long usec = TimeUnit.NANOSECONDS.toMicros(System.nanoTime());
        return "RELOADING=1\nMONOTONIC_USEC=" + usec;
    }

    /** This process is about to end. */
    public boolean stopping() {
        return send("STOPPING=1");
    }

    /** A line for people to read. */
    public boolean status(String text) {
        return send("STATUS=" + text.replace('\n', ' '));
    }

    /** The process that stands for the service from now on, after an upgrade for instance. */
    public boolean mainPid(int pid) {
        return send("MAINPID=" + pid);
    }

    /** This process is alive. */
    public boolean watchdog() {
        return send("WATCHDOG=1");
    }

    /**
     * Has the manager keep copies of descriptors, and hand them over at the next start as {@link
     * Activation} reads them. They stay the caller's.
     *
     * @param name what they are called then: up to 255 characters, no colon
     */
    public boolean store(String name, int... fds) {
        return send("FDSTORE=1\nFDNAME=" + requireName(name), fds);
    }

    /** Has the manager close its copies of descriptors with a name. */
    public boolean forget(String name) {
        return send("FDSTOREREMOVE=1\nFDNAME=" + requireName(name));
    }

    private static String requireName(String name) {
        if (!name.matches("[ -~&&[^:]]{1,255}")) {
            throw new IllegalArgumentException(
                    "'%s' is no name of a stored descriptor: 1 to 255 printable characters but the colon"
                            .formatted(name));
        }
        return name;
    }

    /**
     * Tells anything.
     *
     * @param state assignments, one a line
     * @param fds descriptors to go along, which stay the caller's
     */
    public boolean send(String state, int... fds) {
        if (socket == null) {
            return false;
        }
        Syscalls syscalls = Syscalls.get();
        int type = SocketConstants.SOCK_DGRAM | SocketConstants.SOCK_CLOEXEC;
        int fd = syscalls.sockets().socket(SocketConstants.AF_UNIX, type, 0);
        Errno.check("socket", fd, socket);
        try (Arena arena = Arena.ofConfined()) {
            send(syscalls, arena, fd, socket, state, fds);
        } finally {
            syscalls.descriptors().close(fd);
        }
        return true;
    }

    private static void send(
            Syscalls syscalls, Arena arena, int fd, Address to, String state, int... fds) {
        byte[] text = state.getBytes(StandardCharsets.UTF_8);
        MemorySegment bytes = arena.allocateFrom(JAVA_BYTE, text);
        MemorySegment address = arena.allocate(Address.BYTES_MAX, Long.BYTES);
        MemorySegment memory = arena.allocate(Message.bytes(1, fds.length), Long.BYTES);
        Message message =
                new Message(memory, 1, fds.length)
                        .peer(address, to.encode(address))
                        .buffer(bytes.address(), text.length);
        for (int passed : fds) {
            message.putRight(passed);
        }
        long sent;
        do {
            sent = syscalls.sockets().sendmsg(fd, message.header(), SocketConstants.MSG_NOSIGNAL);
        } while (sent == -Errno.EINTR);
        Errno.check("sendmsg", sent, to);
    }
}
