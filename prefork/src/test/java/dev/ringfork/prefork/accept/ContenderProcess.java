// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.accept;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.Processes;
import dev.ringfork.bindings.SpawnActions;
import dev.ringfork.bindings.Syscalls;
import dev.ringfork.bindings.WaitStatus;
import dev.ringfork.bindings.abi.Fcntl;
import dev.ringfork.bindings.abi.ProcessConstants;
import java.io.File;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * A {@link Contender} in a process of its own. Confined to one thread; closing it kills it if need
 * be, and reaps it.
 */
final class ContenderProcess implements AutoCloseable {
    private static final long DEADLINE_NS = 30_000_000_000L;
    private static final long LOOK_AGAIN_NS = 200_000;

    private static final Syscalls SYSCALLS = Syscalls.get();
    private static final Processes PROCESSES = SYSCALLS.processes();

    private final Arena arena = Arena.ofConfined();
    private final MemorySegment memory = arena.allocate(16, 8);
    private final int stdin;
    private final int stdout;
    private final int pid;
    private boolean reaped;

    private ContenderProcess(AcceptMutex mutex, List<String> arguments) {
        long in = pipe();
        long out = pipe();
        stdin = writeEnd(in);
        stdout = readEnd(out);
        List<String> command = new ArrayList<>();
        command.add(System.getProperty("java.home") + "/bin/java");
        command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx64m"));
        command.addAll(List.of("--enable-native-access=ALL-UNNAMED", "-cp", classPath()));
        command.add(Contender.class.getName());
        command.add(mutex.kind().name());
        command.addAll(arguments);
        try (SpawnActions spawn = new SpawnActions()) {
            spawn.handOver(readEnd(in), 0).handOver(writeEnd(out), 1);
            spawn.handOver(mutex.fd(), Contender.FD);
            int result = spawn.start(PROCESSES, command.getFirst(), command, System.getenv());
            pid = Errno.check("posix_spawn", result, command);
        } finally {
            SYSCALLS.descriptors().close(readEnd(in));
            SYSCALLS.descriptors().close(writeEnd(out));
        }
        int result = SYSCALLS.descriptors().fcntl(stdout, Fcntl.F_SETFL, Fcntl.O_NONBLOCK);
        Errno.check("fcntl", result, stdout);
    }

    static ContenderProcess start(AcceptMutex mutex, Contender.Part part, String... arguments) {
        List<String> all = new ArrayList<>(List.of(part.name()));
        all.addAll(List.of(arguments));
        return new ContenderProcess(mutex, all);
    }

    /** The modules of this build and its test classes, all as a class path. */
    private static String classPath() {
        StringJoiner path = new StringJoiner(File.pathSeparator);
        path.add(System.getProperty("java.class.path"));
        String modules = System.getProperty("jdk.module.path");
        if (modules != null) {
            path.add(modules);
            path.add(Path.of(System.getProperty("basedir", ""), "target/test-classes").toString());
        }
        return path.toString();
    }

    private long pipe() {
        int result = SYSCALLS.descriptors().pipe2(memory, Fcntl.O_CLOEXEC);
        Errno.check("pipe2", result, null);
        return (long) memory.getAtIndex(JAVA_INT, 1) << Integer.SIZE
                | memory.getAtIndex(JAVA_INT, 0);
    }

    private static int readEnd(long pipe) {
        return (int) pipe;
    }

    private static int writeEnd(long pipe) {
        return (int) (pipe >> Integer.SIZE);
    }

    int pid() {
        return pid;
    }

    /** Waits until it says a letter. */
    void await(char letter) {
        long[] read = new long[1];
        until(
                () -> {
                    read[0] = SYSCALLS.descriptors().read(stdout, memory.address(), 1);
                    return read[0] != -Errno.EAGAIN && read[0] != -Errno.EINTR;
                },
                "the letter " + letter);
        if (read[0] != 1 || memory.get(JAVA_BYTE, 0) != letter) {
            throw new AssertionError("said something else than " + letter + ": " + read[0]);
        }
    }

    /** Tells it to go on. */
    void goOn() {
        Errno.check("write", SYSCALLS.descriptors().write(stdin, memory.address(), 1), stdin);
    }

    void signal(int signal) {
        Errno.check("kill", PROCESSES.kill(pid, signal), pid);
    }

    /** Kills it, and returns when it has been reaped. */
    void kill() {
        signal(ProcessConstants.SIGKILL);
        awaitEnd();
    }

    /** Waits for its end and reaps it. */
    WaitStatus awaitEnd() {
        MemorySegment status = memory.asSlice(8, Integer.BYTES);
        until(
                () -> {
                    int result = PROCESSES.waitpid(pid, status, ProcessConstants.WNOHANG);
                    return result != -Errno.EINTR && Errno.check("waitpid", result, pid) == pid;
                },
                "the end of a process");
        reaped = true;
        return WaitStatus.of(status.get(JAVA_INT, 0));
    }

    static void until(BooleanSupplier condition, String what) {
        long begin = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - begin > DEADLINE_NS) {
                throw new AssertionError("waited in vain for " + what);
            }
            LockSupport.parkNanos(LOOK_AGAIN_NS);
        }
    }

    @Override
    public void close() {
        if (!reaped) {
            kill();
        }
        SYSCALLS.descriptors().close(stdin);
        SYSCALLS.descriptors().close(stdout);
        arena.close();
    }
}
