// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.service;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.SpawnActions;
import dev.ringfork.bindings.Syscalls;
import dev.ringfork.bindings.WaitStatus;
import dev.ringfork.bindings.abi.Fcntl;
import dev.ringfork.bindings.abi.PollConstants;
import dev.ringfork.prefork.spawn.CommandLine;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A master in the background: the same command line again, in a session of its own without a
 * terminal. Confined to one thread.
 *
 * <p>A virtual machine cannot fork twice, as daemons do, so it is started anew. What it says until
 * it serves goes through a pipe to the process that has started it; that it serves is one byte in
 * another pipe, whose end without one means that it has failed.
 */
final class Daemon {
    /** {@code pid of the starting process}; there also in programs that the master starts. */
    private static final String STARTER = "RINGFORK_STARTER";

    private static final int READY_FD = 3;
    private static final int OUT = 1;
    private static final int ERR = 2;
    private static final int KILLED = 128;
    private static final int TEXT_BYTES = 8192;
    private static final int POLL_BYTES = 8;

    private final Syscalls syscalls;
    private boolean waited;

    private Daemon(Syscalls syscalls, boolean waited) {
        this.syscalls = syscalls;
        this.waited = waited;
        if (waited) {
            int result = syscalls.descriptors().fcntl(READY_FD, Fcntl.F_SETFD, Fcntl.FD_CLOEXEC);
            Errno.check("fcntl", result, STARTER);
        }
    }

    /**
     * The one that this process is; null if it has not been started as one.
     *
     * <p>A master that another one has started to take over is one too, but nobody waits for it.
     */
    static @Nullable Daemon of(Syscalls syscalls, Map<String, String> environment) {
        String starter = environment.get(STARTER);
        if (starter == null) {
            return null;
        }
        String parent = Integer.toString(syscalls.processes().getppid());
        return new Daemon(syscalls, starter.equals(parent));
    }

    /**
     * Tells whoever has started it that it serves.
     *
     * @return false if it has been told
     */
    boolean ready() {
        boolean first = waited;
        waited = false;
        if (first) {
            try (Arena arena = Arena.ofConfined()) {
                // Nobody hears it if the starting process was killed; that is no reason to stop.
                syscalls.descriptors()
                        .write(READY_FD, arena.allocateFrom(JAVA_BYTE, (byte) 1).address(), 1);
                syscalls.descriptors().close(READY_FD);
            }
        }
        return first;
    }

    /**
     * Starts it, and waits.
     *
     * @return 0 if it serves, else its exit code
     * @throws dev.ringfork.bindings.SyscallException if it cannot be started
     */
    static int start(Syscalls syscalls, Map<String, String> environment) {
        try (Arena arena = Arena.ofConfined()) {
            return new Start(syscalls, arena).run(environment);
        }
    }

    /** The process that starts it. */
    private static final class Start {
        private final Syscalls syscalls;
        private final Arena arena;
        private final MemorySegment text;
        private final MemorySegment polls;

        Start(Syscalls syscalls, Arena arena) {
            this.syscalls = syscalls;
            this.arena = arena;
            this.text = arena.allocate(TEXT_BYTES);
            this.polls = arena.allocate(2L * POLL_BYTES, Long.BYTES);
        }

        int run(Map<String, String> environment) {
            int[] said = pipe();
            int[] ready = pipe();
            int pid = begin(environment, said[1], ready[1]);
            syscalls.descriptors().close(said[1]);
            syscalls.descriptors().close(ready[1]);
            boolean serves = listen(said[0], ready[0]);
            return serves ? 0 : exitCode(pid);
        }

        private int[] pipe() {
            MemorySegment fds = arena.allocate(JAVA_INT, 2);
            int result = syscalls.descriptors().pipe2(fds, Fcntl.O_CLOEXEC);
            Errno.check("pipe2", result, "the background");
            return fds.toArray(JAVA_INT);
        }

        private int begin(Map<String, String> environment, int said, int ready) {
            Map<String, String> all = new HashMap<>(environment);
            all.put(STARTER, Integer.toString(syscalls.processes().getpid()));
            CommandLine same = CommandLine.current();
            try (SpawnActions actions = new SpawnActions()) {
                actions.open(0, "/dev/null", Fcntl.O_RDONLY, 0)
                        .handOver(said, OUT)
                        .handOver(said, ERR)
                        .handOver(ready, READY_FD)
                        .newSession();
                int pid =
                        actions.start(syscalls.processes(), same.program(), same.arguments(), all);
                return Errno.check("posix_spawn", pid, same.program());
            }
        }

        /** Passes on what is said, until it is known whether it serves. */
        private boolean listen(int said, int ready) {
            watch(0, said);
            watch(1, ready);
            while (true) {
                int count = syscalls.polling().poll(polls.address(), 2, -1);
                boolean speaks = count > 0 && happened(0);
                boolean decided = count > 0 && happened(1);
                if (speaks && !pass(said)) {
                    // poll(2) passes over a descriptor below 0.
                    watch(0, -1);
                } else if (decided && !speaks) {
                    return syscalls.descriptors().read(ready, text.address(), 1) == 1;
                }
            }
        }

        private void watch(int index, int fd) {
            polls.set(JAVA_INT, (long) index * POLL_BYTES, fd);
            polls.set(
                    JAVA_SHORT,
                    (long) index * POLL_BYTES + Integer.BYTES,
                    (short) PollConstants.POLLIN);
        }

        private boolean happened(int index) {
            long offset = (long) index * POLL_BYTES + Integer.BYTES + Short.BYTES;
            return polls.get(JAVA_SHORT, offset) != 0;
        }

        private boolean pass(int said) {
            long length = syscalls.descriptors().read(said, text.address(), TEXT_BYTES);
            if (length > 0) {
                System.err.write(text.asSlice(0, length).toArray(JAVA_BYTE), 0, (int) length);
                System.err.flush();
            }
            return length > 0 || length == -Errno.EINTR;
        }

        private int exitCode(int pid) {
            MemorySegment status = arena.allocate(JAVA_INT);
            int result;
            do {
                result = syscalls.processes().waitpid(pid, status, 0);
            } while (result == -Errno.EINTR);
            WaitStatus how = WaitStatus.of(result == pid ? status.get(JAVA_INT, 0) : 0);
            // Whoever was told to end before it served ended well, and does not serve.
            return how.exited() ? Math.max(1, how.exitStatus()) : KILLED + how.termSignal();
        }
    }
}
