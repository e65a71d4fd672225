// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.command;

import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.SyscallException;
import org.jspecify.annotations.Nullable;

/** Turns what a start can fail with into one sentence with a remedy. */
final class Explanation {
    private Explanation() {}

    /** For anything that a command has thrown. */
    static Refusal of(Throwable failure) {
        if (failure instanceof Refusal refusal) {
            return refusal;
        }
        if (cause(failure, IllegalCallerException.class) != null) {
            return Refusal.failure(
                    "this JVM may not call the system: start it with"
                            + " --enable-native-access=dev.ringfork.bindings, as ./ringfork does",
                    failure);
        }
        return Refusal.failure(Refusal.message(failure), failure);
    }

    /** For a system call that failed while a server with these flags started. */
    static Refusal of(SyscallException failure, ServerOptions options) {
        int errno = failure.errno();
        String sentence =
                options.unix == null
                        ? tcp(errno, options.host, options.port)
                        : unix(errno, options.unix);
        return sentence == null ? of(failure) : Refusal.failure(sentence, failure);
    }

    private static @Nullable String tcp(int errno, String host, int port) {
        if (errno == Errno.EADDRINUSE) {
            return "port %d of %s is taken: end the program that has it, or choose another with --port (0: the kernel chooses)"
                    .formatted(port, host);
        }
        if (errno == Errno.EACCES || errno == Errno.EPERM) {
            return "port %d needs the privilege to bind it (CAP_NET_BIND_SERVICE): choose one from 1024 on with --port, let a supervisor bind it, start a master as root with --workers and --user, or lower sysctl net.ipv4.ip_unprivileged_port_start"
                    .formatted(port);
        }
        if (errno == Errno.EADDRNOTAVAIL) {
            return "no network interface here has the address %s: choose another with --host, 0.0.0.0 for all"
                    .formatted(host);
        }
        if (errno == Errno.EAFNOSUPPORT) {
            return "this system has no addresses of the kind of %s: choose an IPv4 address with --host"
                    .formatted(host);
        }
        return null;
    }

    private static @Nullable String unix(int errno, String path) {
        if (errno == Errno.EADDRINUSE) {
            return "%s is in use: end the program that listens there, or choose another path with --unix"
                    .formatted(path);
        }
        if (errno == Errno.EACCES || errno == Errno.EPERM || errno == Errno.EROFS) {
            return "no permission to create %s: choose a folder that you can write to with --unix"
                    .formatted(path);
        }
        if (errno == Errno.ENOENT || errno == Errno.ENOTDIR) {
            return "the folder of %s does not exist: create it, or choose another path with --unix"
                    .formatted(path);
        }
        return null;
    }

    /** The first cause of a kind. */
    private static <T extends Throwable> @Nullable T cause(Throwable failure, Class<T> kind) {
        for (Throwable each = failure; each != null; each = each.getCause()) {
            if (kind.isInstance(each)) {
                return kind.cast(each);
            }
        }
        return null;
    }
}
