// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.bench;

import dev.ringfork.bindings.Syscalls;
import dev.ringfork.prefork.accept.AcceptMutex;
import dev.ringfork.prefork.accept.AcceptMutexKind;
import dev.ringfork.prefork.shared.MemoryFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Another process that has a lock, as another worker would: a file lock of fcntl(2) keeps nobody of
 * the same process out.
 */
public final class MutexHolder implements AutoCloseable {
    private final Process process;

    private MutexHolder(Process process) {
        this.process = process;
    }

    /** Starts one; returns when it has the lock. Needs /proc. */
    static MutexHolder of(AcceptMutex mutex) throws IOException {
        Process process =
                new ProcessBuilder(
                                List.of(
                                        Path.of(System.getProperty("java.home"), "bin", "java")
                                                .toString(),
                                        "--enable-native-access=ALL-UNNAMED",
                                        "-cp",
                                        System.getProperty("java.class.path"),
                                        MutexHolder.class.getName(),
                                        mutex.kind().name(),
                                        Long.toString(ProcessHandle.current().pid()),
                                        Integer.toString(mutex.fd())))
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        MutexHolder holder = new MutexHolder(process);
        if (process.getInputStream().read() != 1) {
            holder.close();
            throw new IOException("no other process gets the lock");
        }
        return holder;
    }

    /** Has the lock of a process, the pid and the descriptor there, until its input ends. */
    public static void main(String[] arguments) throws IOException {
        Path file = Path.of("/proc", arguments[1], "fd", arguments[2]);
        try (AcceptMutex mutex =
                AcceptMutex.adopt(
                        AcceptMutexKind.valueOf(arguments[0]),
                        MemoryFile.open(Syscalls.get(), file))) {
            System.out.write(mutex.tryAcquire() ? 1 : 0);
            System.out.flush();
            while (System.in.read() >= 0) {}
        }
    }

    /** Ends it, and so the lock. */
    @Override
    public void close() {
        process.destroyForcibly();
    }
}
