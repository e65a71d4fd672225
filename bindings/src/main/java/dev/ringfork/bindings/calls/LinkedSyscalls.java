// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings.calls;

import dev.ringfork.bindings.Aio;
import dev.ringfork.bindings.Descriptors;
import dev.ringfork.bindings.Epoll;
import dev.ringfork.bindings.Forks;
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
 * The families of calls over the provider of this process. Immutable and safe for use by many
 * threads.
 *
 * <p>Each family is a class of its own that links its calls when it is first asked for.
 */
public final class LinkedSyscalls implements Syscalls {

    private static final Syscalls INSTANCE = new LinkedSyscalls();

    private LinkedSyscalls() {}

    /**
     * Opens the way to the kernel.
     *
     * @throws IllegalStateException if the way that was asked for cannot be used here
     */
    public static Syscalls open() {
        // Here and not in a class initializer, where a refusal would become an Error.
        Linkage.current();
        return INSTANCE;
    }

    @Override
    public String provider() {
        return Linkage.current().provider();
    }

    @Override
    public @Nullable String absence(String call) {
        return Absences.reason(call);
    }

    @Override
    public Descriptors descriptors() {
        return DescriptorCalls.INSTANCE;
    }

    @Override
    public Sockets sockets() {
        return SocketCalls.INSTANCE;
    }

    @Override
    public Polling polling() {
        return PollingCalls.INSTANCE;
    }

    @Override
    public Epoll epoll() {
        return EpollCalls.INSTANCE;
    }

    @Override
    public IoUring ioUring() {
        return IoUringCalls.INSTANCE;
    }

    @Override
    public Kqueue kqueue() {
        return KqueueCalls.INSTANCE;
    }

    @Override
    public Processes processes() {
        return ProcessCalls.INSTANCE;
    }

    @Override
    public Mappings mappings() {
        return MappingCalls.INSTANCE;
    }

    @Override
    public Signals signals() {
        return SignalCalls.INSTANCE;
    }

    @Override
    public Forks forks() {
        return ForkCalls.INSTANCE;
    }

    @Override
    public Aio aio() {
        return AioCalls.INSTANCE;
    }
}
