// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.aio;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Counts the threads that glibc starts for its asynchronous I/O: a thread has the name of the one
 * that made it, and Java's own have names given to them.
 *
 * <p>Confined to the thread that submits the operations.
 */
final class HelperThreads {
    private static final Path TASKS = Path.of("/proc/self/task");
    private static final Path OWN_NAME = Path.of("/proc/thread-self/comm");

    private final int before = namesakes();

    /** How many there are more than at first; 0 where there is no /proc. */
    int count() {
        return Math.max(0, namesakes() - before);
    }

    private static int namesakes() {
        int count = 0;
        try (DirectoryStream<Path> tasks = Files.newDirectoryStream(TASKS)) {
            String own = Files.readString(OWN_NAME);
            for (Path task : tasks) {
                count += nameOf(task).equals(own) ? 1 : 0;
            }
        } catch (IOException e) {
            // Not Linux: nobody can tell.
        }
        return count;
    }

    private static String nameOf(Path task) {
        try {
            return Files.readString(task.resolve("comm"));
        } catch (IOException e) {
            // The thread has ended meanwhile.
            return "";
        }
    }
}
