// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.master;

import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.Syscalls;
import dev.ringfork.reactor.EventHandler;
import dev.ringfork.reactor.Reactor;
import dev.ringfork.reactor.Registration;
import dev.ringfork.reactor.demux.Interest;
import java.util.HashSet;
import java.util.Set;

/**
 * Ends of children on Linux: a descriptor each, pidfd_open(2). It cannot mean another process, and
 * nobody's handler of SIGCHLD matters. Confined to the loop's thread.
 */
final class PidfdExits implements ExitWatch {
    private final Syscalls syscalls;
    private final Reactor reactor;
    private final Set<Watched> open = new HashSet<>();

    PidfdExits(Syscalls syscalls, Reactor reactor) {
        this.syscalls = syscalls;
        this.reactor = reactor;
    }

    private final class Watched implements EventHandler {
        private final Registration registration = new Registration(this);
        private final int pidfd;
        private final Runnable ended;

        Watched(int pidfd, Runnable ended) {
            this.pidfd = pidfd;
            this.ended = ended;
        }

        @Override
        public void ready(Registration ready, int bits) {
            end();
            ended.run();
        }

        void end() {
            registration.remove();
            syscalls.descriptors().close(pidfd);
            open.remove(this);
        }
    }

    @Override
    public void watch(int pid, Runnable ended) {
        // The kernel makes it close-on-exec by itself.
        int pidfd = syscalls.processes().pidfd_open(pid, 0);
        Errno.check("pidfd_open", pidfd, "process " + pid);
        Watched watched = new Watched(pidfd, ended);
        int result = reactor.add(watched.registration, pidfd, Interest.READ);
        if (result < 0) {
            syscalls.descriptors().close(pidfd);
            Errno.check("add", result, "process " + pid);
        }
        open.add(watched);
    }

    @Override
    public void close() {
        Set.copyOf(open).forEach(Watched::end);
    }
}
