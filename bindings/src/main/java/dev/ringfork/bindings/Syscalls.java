// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings;

import dev.ringfork.bindings.calls.LinkedSyscalls;
import org.jspecify.annotations.Nullable;

/**
 * One provider's way to the kernel: the families of calls.
 *
 * <p>Immutable and safe for use by many threads. A call that this platform lacks returns {@code
 * -ENOSYS}; {@link #absence} says why beforehand.
 */
public interface Syscalls {

    /**
     * The calls of the provider named by {@code -Dringfork.bindings} ({@code ffm} if unset), the
     * same object at every call.
     *
     * @throws IllegalStateException if the provider cannot work here: the message names the remedy
     */
    static Syscalls get() {
        return LinkedSyscalls.open();
    }

    /** The provider's name, as in {@code -Dringfork.bindings}. */
    String provider();

    /**
     * Why a call is missing on this platform.
     *
     * @param call the kernel's name, {@code epoll_create1} for instance
     * @return the reason, or null when the call is there
     */
    @Nullable String absence(String call);

    /** Calls on any descriptor. */
    Descriptors descriptors();

    /** Socket calls. */
    Sockets sockets();

    /** select and poll. */
    Polling polling();

    /** epoll. */
    Epoll epoll();

    /** io_uring. */
    IoUring ioUring();

    /** kqueue. */
    Kqueue kqueue();

    /** Calls about processes. */
    Processes processes();

    /** Calls about mapped memory. */
    Mappings mappings();

    /** Signals as bytes or records in a pipe. */
    Signals signals();

    /** Copies of this process with all its threads. */
    Forks forks();

    /** POSIX asynchronous I/O. */
    Aio aio();
}
