// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.listeners;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.ringfork.bindings.Address;
import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.SocketOption;
import dev.ringfork.bindings.Sockets;
import dev.ringfork.bindings.SyscallException;
import dev.ringfork.bindings.Syscalls;
import dev.ringfork.bindings.abi.Fcntl;
import dev.ringfork.bindings.abi.SocketConstants;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Listeners that a supervisor bound before it started this process: systemd, Server::Starter,
 * Einhorn, or a master of this toolkit.
 *
 * <p>Safe for use by many threads; read once, at the start, by whoever is to own the descriptors.
 *
 * <pre>{@code
 * for (ActivatedListener listener : Activation.read(System.getenv())) {
 *     serve(listener.fd());
 * }
 * }</pre>
 *
 * <p>The variables are for this process alone: a program that is started gets {@link #forChildren}.
 */
public final class Activation {
    private Activation() {}

    /**
     * What was handed over by any supervisor, in the order of {@link Supervisor}.
     *
     * @param environment of this process
     * @return the listeners, none when no variable is set or those that are belong to another
     *     process
     * @throws IllegalArgumentException if a variable makes no sense, or a descriptor is no
     *     listener: the message says what to do
     */
    public static List<ActivatedListener> read(Map<String, String> environment) {
        List<ActivatedListener> listeners = new ArrayList<>();
        for (Supervisor supervisor : Supervisor.values()) {
            listeners.addAll(read(supervisor, environment));
        }
        return listeners;
    }

    /** What was handed over by one supervisor; as {@link #read(Map)}. */
    public static List<ActivatedListener> read(
            Supervisor supervisor, Map<String, String> environment) {
        Syscalls syscalls = Syscalls.get();
        int pid = syscalls.processes().getpid();
        int parent = syscalls.processes().getppid();
        return supervisor.read(environment, pid, parent).descriptors().stream()
                .map(named -> look(syscalls, named))
                .toList();
    }

    /**
     * An environment for programs that this process starts: without the variables that tell of
     * descriptors which they do not inherit, and without those of {@link Notify}.
     */
    public static Map<String, String> forChildren(Map<String, String> environment) {
        Map<String, String> rest = new LinkedHashMap<>(environment);
        rest.keySet()
                .removeIf(variable ->
                        Notify.VARIABLES.contains(variable)
                                || variable.equals(ListenerStore.VARIABLE)
                                || Arrays.stream(Supervisor.values())
                                        .anyMatch(each -> each.tells(variable)));
        return rest;
    }

    /**
     * An environment for a process that is to take this one's place in the service, after an
     * upgrade for instance: without the variables of supervisors, but with those by which it tells
     * the service manager how it is doing.
     *
     * @param handedOn descriptors of supervisors that it inherits, as they are there: it finds them
     *     in the one way that does not take its process id, Server::Starter's
     */
    public static Map<String, String> forSuccessor(
            Map<String, String> environment, List<Integer> handedOn) {
        Map<String, String> rest = forChildren(environment);
        for (String variable : Notify.VARIABLES) {
            String value = environment.get(variable);
            // The watchdog's is this process's own number.
            if (value != null && !variable.equals("WATCHDOG_PID")) {
                rest.put(variable, value);
            }
        }
        if (!handedOn.isEmpty()) {
            rest.put(
                    HandedOver.STARTER,
                    handedOn.stream().map(fd -> fd + "=" + fd).collect(Collectors.joining(";")));
        }
        return rest;
    }

    /** Asks the kernel what a descriptor is, and keeps programs that are started from having it. */
    private static ActivatedListener look(Syscalls syscalls, HandedOver.Named named) {
        int fd = named.fd();
        Sockets sockets = syscalls.sockets();
        int type;
        boolean listening;
        try {
            type = SocketOption.SO_TYPE.get(sockets, fd);
            listening = SocketOption.SO_ACCEPTCONN.get(sockets, fd);
        } catch (SyscallException e) {
            throw new IllegalArgumentException(noSocket(named, e.errno()), e);
        }
        boolean datagrams = type == SocketConstants.SOCK_DGRAM;
        if (!datagrams && !listening) {
            throw new IllegalArgumentException(
                    ("%s does not listen, it may be a connection: have the supervisor hand over"
                                    + " listeners (systemd: Accept=no)")
                            .formatted(of(named)));
        }
        Address address = address(sockets, named);
        int set = syscalls.descriptors().fcntl(fd, Fcntl.F_SETFD, Fcntl.FD_CLOEXEC);
        Errno.check("fcntl", set, of(named));
        return new ActivatedListener(named.name(), fd, address, datagrams);
    }

    private static String noSocket(HandedOver.Named named, int errno) {
        return errno == Errno.EBADF
                ? "%s is not open in this process: unset the variable if it is left over, or let no program in between close descriptors"
                        .formatted(of(named))
                : "%s is no socket (%s): have the supervisor hand over sockets only (systemd: no ListenFIFO= or ListenSpecial=)"
                        .formatted(of(named), Errno.name(errno));
    }

    private static Address address(Sockets sockets, HandedOver.Named named) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment address = arena.allocate(Address.BYTES_MAX, Long.BYTES);
            MemorySegment length = arena.allocateFrom(JAVA_INT, Address.BYTES_MAX);
            int told = sockets.getsockname(named.fd(), address, length);
            Errno.check("getsockname", told, of(named));
            return Address.decode(address, length.get(JAVA_INT, 0));
        } catch (IllegalArgumentException unknown) {
            throw new IllegalArgumentException(
                    "%s is neither an IP nor a Unix socket (%s): hand over others"
                            .formatted(of(named), unknown.getMessage()),
                    unknown);
        }
    }

    private static String of(HandedOver.Named named) {
        return "descriptor %d, %s of %s".formatted(named.fd(), named.name(), named.variable());
    }
}
