// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork;

import dev.ringfork.bindings.Address;
import dev.ringfork.bindings.Syscalls;
import dev.ringfork.prefork.accept.AcceptMutex;
import dev.ringfork.prefork.accept.AcceptStrategy;
import dev.ringfork.prefork.accept.Accepting;
import dev.ringfork.prefork.service.Service;
import dev.ringfork.prefork.spawn.Assignment;
import dev.ringfork.reactor.server.InheritedListener;
import dev.ringfork.reactor.server.ServerBuilder;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Which worker this process is. Immutable. */
public final class Worker {
    private final Assignment assignment;

    private Worker(Assignment assignment) {
        this.assignment = assignment;
    }

    /**
     * The worker that this process is. It has become the user that it is to be: a program that
     * calls this first opens nothing as another one.
     *
     * @return null if it is none, or none yet: see {@link Prefork#isChild}
     * @throws IllegalArgumentException if the environment speaks of one and makes no sense
     * @throws IllegalStateException if it could become root again
     */
    public static @Nullable Worker current() {
        return of(Syscalls.get(), System.getenv());
    }

    /** The same with another way to the kernel, and another environment. */
    static @Nullable Worker of(Syscalls syscalls, Map<String, String> environment) {
        Assignment assignment = Assignment.read(syscalls, environment);
        if (assignment == null) {
            return null;
        }
        Service.becomeWorker(syscalls, environment);
        return new Worker(assignment);
    }

    /** Its place among the workers, from 0; its successor has the same. */
    public int slot() {
        return assignment.slot();
    }

    /** How many times the workers were reloaded before it, and one. */
    public int generation() {
        return assignment.generation();
    }

    /** The process that started it. */
    public int masterPid() {
        return assignment.masterPid();
    }

    /** One that a template has become. */
    static Worker of(Assignment assignment) {
        return new Worker(assignment);
    }

    Assignment assignment() {
        return assignment;
    }

    /** Has a server accept from the listeners that were handed over. */
    void listen(Syscalls syscalls, Accepting accepting, ServerBuilder server) {
        if (accepting.strategy() == AcceptStrategy.PASS) {
            server.listenNowhere();
        }
        assignment
                .manifest()
                .listeners()
                .forEach((name, fd) -> {
                    // Which worker is the last to close it, none knows: so each leaves no queue.
                    InheritedListener listener =
                            InheritedListener.of(syscalls, fd)
                                    .named(Address.parse(name))
                                    .drainsQueue();
                    if (accepting.strategy() == AcceptStrategy.EXCLUSIVE) {
                        listener.exclusive(accepting.rebalanceEvery());
                    }
                    server.listen(listener);
                });
    }

    /** The lock by which workers accept in turns; null if there is none. The caller closes it. */
    @Nullable AcceptMutex acceptMutex(Syscalls syscalls, Accepting accepting) {
        int fd = assignment.manifest().acceptMutex();
        return fd < 0 ? null : AcceptMutex.adopt(syscalls, accepting.mutex(), fd);
    }

    /** {@code worker 2}. */
    @Override
    public String toString() {
        return "worker " + slot();
    }
}
