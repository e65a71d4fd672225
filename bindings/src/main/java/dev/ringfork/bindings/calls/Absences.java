// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings.calls;

import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.Platform;
import dev.ringfork.bindings.Syscalls;
import java.lang.foreign.MemorySegment;
import java.lang.reflect.Method;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Why a call is missing. */
final class Absences {

    private Absences() {}

    /** The reason why a call is missing on this platform, or null when it is there. */
    static @Nullable String reason(String call) {
        if (!known(call)) {
            return "Ringfork has no call named " + call;
        }
        if (call.startsWith("rf_")) {
            return Linkage.current().library().absence(call);
        }
        return Platform.current().macos() ? onMacos(call) : onLinux(call);
    }

    /** The methods of the families are named as the kernel names the calls. */
    private static boolean known(String call) {
        return Arrays.stream(Syscalls.class.getMethods())
                .map(Method::getReturnType)
                .filter(Class::isInterface)
                .flatMap(family -> Arrays.stream(family.getMethods()))
                .anyMatch(method -> method.getName().equals(call));
    }

    static @Nullable String onMacos(String call) {
        return switch (call) {
            case "epoll_create1", "epoll_ctl", "epoll_wait" -> "macOS has no epoll: use kqueue";
            case "io_uring_setup", "io_uring_enter", "io_uring_submit", "io_uring_register" ->
                    "macOS has no io_uring: use kqueue";
            case "eventfd" -> "macOS has no eventfd: use a pipe, or kqueue's EVFILT_USER";
            case "recvmmsg" -> "macOS has no recvmmsg: use recvmsg for each datagram";
            case "sendmmsg" -> "macOS has no sendmmsg: use sendmsg for each datagram";
            case "splice" -> "macOS has no splice: read and write, or sendfile";
            case "pidfd_open", "pidfd_send_signal" ->
                    "macOS has no pidfd: use kqueue's EVFILT_PROC, and kill";
            case "prctl" -> "macOS has no prctl";
            case "sched_getaffinity", "sched_setaffinity" ->
                    "macOS does not bind threads to processors";
            case "gettid" -> "macOS has no gettid";
            default -> null;
        };
    }

    private static @Nullable String onLinux(String call) {
        return switch (call) {
            case "kqueue", "kevent" -> "Linux has no kqueue: use epoll";
            case "aio_read", "aio_write", "aio_error", "aio_return", "aio_cancel", "aio_suspend" ->
                    Linkage.current().find(Prototype.library(call)) == null
                            ? "the C library has %s in a library of its own (glibc before 2.34)"
                                    .formatted(call)
                            : null;
            // Arguments that every kernel with the call refuses otherwise.
            case "io_uring_setup", "io_uring_enter", "io_uring_submit", "io_uring_register" ->
                    noRing(IoUringCalls.INSTANCE.io_uring_setup(0, 0));
            case "pidfd_open" ->
                    ifMissing(call, ProcessCalls.INSTANCE.pidfd_open(-1, 0), "Linux 5.3");
            case "pidfd_send_signal" -> {
                int result = ProcessCalls.INSTANCE.pidfd_send_signal(-1, 0, MemorySegment.NULL, 0);
                yield ifMissing(call, result, "Linux 5.1");
            }
            default -> null;
        };
    }

    /** Where no ring can be made the other calls have nothing to work on. */
    static @Nullable String noRing(int result) {
        if (result == -Errno.EPERM) {
            return "io_uring_setup(2) gives EPERM; sysctl kernel.io_uring_disabled, or seccomp?";
        }
        // Filters answer so too, whatever the kernel's version.
        return result == -Errno.ENOSYS
                ? "io_uring_setup(2) gives ENOSYS; seccomp, or a kernel without it?"
                : null;
    }

    private static @Nullable String ifMissing(String call, int result, String since) {
        return result == -Errno.ENOSYS
                ? "%s needs %s, this is %s".formatted(call, since, System.getProperty("os.version"))
                : null;
    }
}
