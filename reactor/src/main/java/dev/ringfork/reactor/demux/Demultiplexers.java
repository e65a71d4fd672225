// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.demux;

import dev.ringfork.bindings.Syscalls;
import org.jspecify.annotations.Nullable;

/**
 * Which demultiplexers there are here, found by trying. Immutable.
 *
 * <p>{@link PollDemultiplexer} and {@link SelectDemultiplexer} are everywhere.
 *
 * @param noEpoll why there is no epoll(7), or null if there is
 * @param noKqueue why there is no kqueue(2), or null if there is
 */
public record Demultiplexers(@Nullable String noEpoll, @Nullable String noKqueue) {

    /** Looks. */
    public static Demultiplexers find(Syscalls syscalls) {
        return new Demultiplexers(EpollDemultiplexer.absence(syscalls), syscalls.absence("kqueue"));
    }

    /**
     * Opens the best one that works here: epoll, kqueue, or else poll.
     *
     * @throws IllegalArgumentException if it does not have the trigger, poll having levels only
     * @throws dev.ringfork.bindings.SyscallException if the kernel refuses a descriptor
     */
    public static Demultiplexer best(Syscalls syscalls, Trigger trigger) {
        Demultiplexers here = find(syscalls);
        if (here.noEpoll == null) {
            return EpollDemultiplexer.open(syscalls, trigger);
        }
        if (here.noKqueue == null) {
            return KqueueDemultiplexer.open(syscalls, trigger);
        }
        if (trigger != Trigger.LEVEL) {
            throw new IllegalArgumentException("poll reports levels only; " + here.why());
        }
        return new PollDemultiplexer(syscalls);
    }

    /** The name of the best one: {@code epoll}, {@code kqueue}, or else {@code poll}. */
    public String best() {
        if (noEpoll == null) {
            return "epoll";
        }
        return noKqueue == null ? "kqueue" : "poll";
    }

    /** Why the best one is poll: one line, or null if it is not. */
    public @Nullable String why() {
        return noEpoll == null || noKqueue == null
                ? null
                : "no epoll: %s; no kqueue: %s".formatted(noEpoll, noKqueue);
    }
}
