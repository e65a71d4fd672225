// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.forklab;

import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.SyscallException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Forks where the user may have no more processes, or too few threads. */
final class Room {
    /** Fewer than any virtual machine has: the child is begun and cannot be finished. */
    private static final int SPARE = 3;

    private final Trials trials;
    private final Calls calls;

    Room(Trials trials) {
        this.trials = trials;
        this.calls = trials.lab().calls;
    }

    void run() throws Exception {
        Offspring child = refused(1);
        if (child == null) {
            trials.one(Trial.NO_ROOM, this::tooFew);
            return;
        }
        trials.end(child, new ArrayList<>());
        trials.skipped(Trial.NO_ROOM, "RLIMIT_NPROC does not bind this user");
    }

    /** None has room, or some threads have: the parent goes on, and forks when there is room. */
    private void tooFew() throws Exception {
        Offspring unexpected = refused(tasksOfUser() + SPARE);
        List<String> failures = new ArrayList<>();
        if (unexpected != null) {
            failures.add("a child has found room where there was none");
            trials.end(unexpected, failures);
        }
        Offspring child = trials.fork(Task.PLAIN);
        trials.end(child, failures);
        Broken.unlessNone(failures);
    }

    /** The child that a fork under a limit has made, or null if it was refused for that. */
    private @Nullable Offspring refused(long limit) {
        long before = calls.limitProcesses(limit);
        try {
            return trials.fork(Task.PLAIN);
        } catch (SyscallException e) {
            if (e.errno() != Errno.EAGAIN) {
                throw e;
            }
            return null;
        } finally {
            calls.limitProcesses(before);
        }
    }

    /** How many threads there are of this user. */
    private static long tasksOfUser() throws IOException {
        Object user = Files.getAttribute(Path.of("/proc/self"), "unix:uid");
        long count = 0;
        try (DirectoryStream<Path> all = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            for (Path each : all) {
                count += threads(each, user);
            }
        }
        return count;
    }

    private static long threads(Path process, Object user) throws IOException {
        try {
            if (!Files.getAttribute(process, "unix:uid").equals(user)) {
                return 0;
            }
            String[] tasks = process.resolve("task").toFile().list();
            return tasks == null ? 0 : tasks.length;
        } catch (NoSuchFileException e) {
            return 0; // It has ended.
        }
    }
}
