// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.passing;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.Syscalls;
import dev.ringfork.bindings.abi.Fcntl;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;

/**
 * Fails a test after which other pipes, sockets or processes are open than before it. Files are
 * left out: the JVM opens those when it likes.
 */
final class NoLeaks implements BeforeEachCallback, AfterEachCallback {
    private static final Namespace NAMESPACE = Namespace.create(NoLeaks.class);
    private static final int HIGHEST = 4096;

    @Override
    public void beforeEach(ExtensionContext context) {
        context.getStore(NAMESPACE).put("before", open());
    }

    @Override
    public void afterEach(ExtensionContext context) {
        assertEquals(context.getStore(NAMESPACE).get("before", List.class), open(), "left open");
    }

    /** What is open, by number: where the system does not name what it is, all there is. */
    static List<String> open() {
        return IntStream.range(3, HIGHEST)
                .filter(fd -> Syscalls.get().descriptors().fcntl(fd, Fcntl.F_GETFD, 0) >= 0)
                .mapToObj(fd -> fd + " " + target(fd))
                .filter(entry -> !entry.contains(" /"))
                .toList();
    }

    /** Whether a descriptor is open. */
    static boolean open(int fd) {
        return Syscalls.get().descriptors().fcntl(fd, Fcntl.F_GETFD, 0) != -Errno.EBADF;
    }

    private static String target(int fd) {
        Path link = Path.of("/proc/self/fd", Integer.toString(fd));
        try {
            return Files.isSymbolicLink(link) ? Files.readSymbolicLink(link).toString() : "?";
        } catch (IOException e) {
            // Closed since it was asked for.
            return "/";
        }
    }
}
