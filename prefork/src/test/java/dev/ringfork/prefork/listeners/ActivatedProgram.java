// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.listeners;

import dev.ringfork.bindings.Address;
import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.Syscalls;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;

/**
 * A program that a supervisor starts: it tells who connects to its listener on a Unix socket what
 * it was handed, and ends.
 */
public final class ActivatedProgram {
    private ActivatedProgram() {}

    /** Serves one connection. */
    public static void main(String[] arguments) {
        Map<String, String> environment = System.getenv();
        List<ActivatedListener> listeners = Activation.read(environment);
        Notify.of(environment).ready();
        StringBuilder report = new StringBuilder();
        for (ActivatedListener each : listeners) {
            String kind = each.datagrams() ? "datagrams" : "connections";
            report.append("%s %s %s%n".formatted(each.name(), family(each.address()), kind));
        }
        ActivatedListener unix =
                listeners.stream()
                        .filter(each -> each.address() instanceof Address.Unix)
                        .findFirst()
                        .orElseThrow();
        Syscalls syscalls = Syscalls.get();
        int fd = Errno.check("accept4", syscalls.sockets().accept4(unix.fd(), 0, 0, 0), unix);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment text = arena.allocateFrom(report.toString());
            Errno.check(
                    "write",
                    syscalls.descriptors().write(fd, text.address(), report.length()),
                    unix);
        }
    }

    private static String family(Address address) {
        return address.getClass().getSimpleName();
    }
}
