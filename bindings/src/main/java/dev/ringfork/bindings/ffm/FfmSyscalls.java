// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings.ffm;

import dev.ringfork.bindings.Aio;
import dev.ringfork.bindings.Descriptors;
import dev.ringfork.bindings.Epoll;
import dev.ringfork.bindings.IoUring;
import dev.ringfork.bindings.Kqueue;
import dev.ringfork.bindings.Mappings;
import dev.ringfork.bindings.Polling;
import dev.ringfork.bindings.Processes;
import dev.ringfork.bindings.Signals;
import dev.ringfork.bindings.Sockets;
import dev.ringfork.bindings.Syscalls;
import org.jspecify.annotations.Nullable;

/**
 * The provider over {@code java.lang.foreign}. Immutable and safe for use by many threads.
 *
 * <p>Each family is a class of its own that links its calls when it is first asked for.
 */
public final class FfmSyscalls implements Syscalls {

    private FfmSyscalls() {}

    /**
     * Opens the way to the kernel.
     *
     * @throws IllegalStateException if the way that was asked for cannot be used here
     * @throws IllegalCallerException if native access is denied to this module
     */
    public static Syscalls open() {
        // Here and not in a class initializer, where a refusal would become an Error.
        Linkage.current();
        return new FfmSyscalls();
    }

    /** How calls reach the kernel: {@code stub}, {@code library} or {@code libc}. */
    public static String door() {
        return Linkage.current().door();
    }

    @Override
    public String provider() {
        return "ffm";
    }

    @Override
    public @Nullable String absence(String call) {
        return Absences.reason(call);
    }

    @Override
    public Descriptors descriptors() {
        return FfmDescriptors.INSTANCE;
    }

    @Override
    public Sockets sockets() {
        return FfmSockets.INSTANCE;
    }

    @Override
    public Polling polling() {
        return FfmPolling.INSTANCE;
    }

    @Override
    public Epoll epoll() {
        return FfmEpoll.INSTANCE;
    }

    @Override
    public IoUring ioUring() {
        return FfmIoUring.INSTANCE;
    }

    @Override
    public Kqueue kqueue() {
        return FfmKqueue.INSTANCE;
    }

    @Override
    public Processes processes() {
        return FfmProcesses.INSTANCE;
    }

    @Override
    public Mappings mappings() {
        return FfmMappings.INSTANCE;
    }

    @Override
    public Signals signals() {
        return FfmSignals.INSTANCE;
    }

    @Override
    public Aio aio() {
        return FfmAio.INSTANCE;
    }
}
