// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.master;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.Syscalls;
import dev.ringfork.bindings.abi.KqueueConstants;
import dev.ringfork.bindings.abi.Layouts;
import dev.ringfork.reactor.EventHandler;
import dev.ringfork.reactor.Reactor;
import dev.ringfork.reactor.Registration;
import dev.ringfork.reactor.demux.Interest;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.Map;

/**
 * Ends of children on macOS: a kqueue(2) of their own with {@code EVFILT_PROC}, which the loop
 * watches like any descriptor. Confined to the loop's thread. Never run there.
 */
final class KqueueExits implements ExitWatch, EventHandler {
    private static final Layouts LAYOUTS = Layouts.current();

    private final Syscalls syscalls;
    private final Registration registration = new Registration(this);
    private final int kqueue;
    private final Arena arena = Arena.ofConfined();
    private final MemorySegment event = arena.allocate(LAYOUTS.size("kevent"), Long.BYTES);
    private final Map<Integer, Runnable> watched = new HashMap<>();

    KqueueExits(Syscalls syscalls, Reactor reactor) {
        this.syscalls = syscalls;
        this.kqueue = Errno.check("kqueue", syscalls.kqueue().kqueue(), "ends of workers");
        Errno.check("add", reactor.add(registration, kqueue, Interest.READ), "ends of workers");
    }

    @Override
    public void watch(int pid, Runnable ended) {
        event.fill((byte) 0);
        event.set(JAVA_LONG, LAYOUTS.offset("kevent", "ident"), pid);
        event.set(
                JAVA_SHORT,
                LAYOUTS.offset("kevent", "filter"),
                (short) KqueueConstants.EVFILT_PROC);
        int flags = KqueueConstants.EV_ADD | KqueueConstants.EV_ONESHOT;
        event.set(JAVA_SHORT, LAYOUTS.offset("kevent", "flags"), (short) flags);
        event.set(JAVA_INT, LAYOUTS.offset("kevent", "fflags"), KqueueConstants.NOTE_EXIT);
        int result = syscalls.kqueue().kevent(kqueue, event.address(), 1, 0, 0, 0);
        if (result == -Errno.ESRCH) {
            // It has ended already, and is there to be reaped.
            ended.run();
            return;
        }
        Errno.check("kevent", result, "process " + pid);
        watched.put(pid, ended);
    }

    @Override
    public void ready(Registration ready, int bits) {
        while (syscalls.kqueue().kevent(kqueue, 0, 0, event.address(), 1, 0) > 0) {
            int pid = (int) event.get(JAVA_LONG, LAYOUTS.offset("kevent", "ident"));
            Runnable ended = watched.remove(pid);
            if (ended != null) {
                ended.run();
            }
        }
        registration.exhausted(Interest.READ);
    }

    @Override
    public void close() {
        registration.remove();
        syscalls.descriptors().close(kqueue);
        arena.close();
    }
}
