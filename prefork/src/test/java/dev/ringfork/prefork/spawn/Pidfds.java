// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.spawn;

import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.Syscalls;
import dev.ringfork.reactor.Reactor;
import dev.ringfork.reactor.Registration;
import dev.ringfork.reactor.demux.Interest;
import java.util.ArrayList;
import java.util.List;

/** Tells of ends of children, on Linux. */
final class Pidfds implements Spawner.Ends, AutoCloseable {
    private final Syscalls syscalls;
    private final Reactor reactor;
    private final List<Integer> open = new ArrayList<>();

    Pidfds(Syscalls syscalls, Reactor reactor) {
        this.syscalls = syscalls;
        this.reactor = reactor;
    }

    @Override
    public void watch(int pid, Runnable ended) {
        int fd = Errno.check("pidfd_open", syscalls.processes().pidfd_open(pid, 0), pid);
        open.add(fd);
        Registration registration =
                new Registration((ready, _) -> {
                    ready.remove();
                    ended.run();
                });
        Errno.check("add", reactor.add(registration, fd, Interest.READ), pid);
    }

    @Override
    public void close() {
        open.forEach(syscalls.descriptors()::close);
    }
}
