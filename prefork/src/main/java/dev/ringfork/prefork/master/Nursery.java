// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.master;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.Syscalls;
import dev.ringfork.bindings.abi.Fcntl;
import dev.ringfork.prefork.listeners.Binder;
import dev.ringfork.prefork.passing.DescriptorSocket;
import dev.ringfork.prefork.passing.Framing;
import dev.ringfork.prefork.scoreboard.Score;
import dev.ringfork.prefork.scoreboard.Scoreboard;
import dev.ringfork.prefork.spawn.Assignment;
import dev.ringfork.prefork.spawn.Channel;
import dev.ringfork.prefork.spawn.Manifest;
import dev.ringfork.prefork.spawn.Spawner;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * What every worker is equipped with, and where it is started. Confined to the master's thread;
 * owns the life-line, a pipe that nobody writes to: when the master ends, its workers read the end
 * of it.
 */
final class Nursery implements AutoCloseable {
    private final Syscalls syscalls;
    private final Spawner spawner;
    private final Binder binder;
    private final Scoreboard scoreboard;
    private final int lifelineRead;
    private final int lifelineWrite;

    Nursery(Syscalls syscalls, Spawner spawner, Binder binder, Scoreboard scoreboard) {
        this.syscalls = syscalls;
        this.spawner = spawner;
        this.binder = binder;
        this.scoreboard = scoreboard;
        try (Arena call = Arena.ofConfined()) {
            MemorySegment fds = call.allocate(JAVA_INT, 2);
            int result = syscalls.descriptors().pipe2(fds, Fcntl.O_CLOEXEC);
            Errno.check("pipe2", result, "the life-line");
            lifelineRead = fds.getAtIndex(JAVA_INT, 0);
            lifelineWrite = fds.getAtIndex(JAVA_INT, 1);
        }
    }

    /**
     * A worker that was started.
     *
     * @param passing by which it is passed connections, if it is; the caller's
     */
    record Born(
            int pid,
            int record,
            Score score,
            Channel channel,
            @Nullable DescriptorSocket passing) {}

    /**
     * Starts a worker.
     *
     * @throws dev.ringfork.bindings.SyscallException if there is no room for it
     * @throws IllegalStateException if the scoreboard is full
     */
    Born spawn(Action.Spawn spawn) {
        int record = scoreboard.take();
        if (record < 0) {
            throw new IllegalStateException(
                    "too many workers at a time: %d".formatted(Scoreboard.RECORDS));
        }
        try {
            return spawn(spawn, record);
        } catch (RuntimeException e) {
            scoreboard.release(record);
            throw e;
        }
    }

    private Born spawn(Action.Spawn spawn, int record) {
        Channel.Pair channel = Channel.open(syscalls);
        DescriptorSocket.Pair passing = null;
        try {
            passing = binder.passes() ? DescriptorSocket.pair(Framing.SOCKET) : null;
            Manifest manifest =
                    new Manifest(
                            binder.descriptors(spawn.slot()),
                            channel.there(),
                            lifelineRead,
                            scoreboard.fd(),
                            binder.acceptMutex(),
                            passing == null ? -1 : passing.second().fd(),
                            record);
            int own = syscalls.processes().getpid();
            int pid =
                    spawner.spawn(new Assignment(spawn.slot(), spawn.generation(), own, manifest));
            return new Born(
                    pid,
                    record,
                    scoreboard.score(record),
                    channel.here(),
                    passing == null ? null : passing.first());
        } catch (RuntimeException e) {
            channel.here().close();
            if (passing != null) {
                passing.first().close();
            }
            throw e;
        } finally {
            syscalls.descriptors().close(channel.there());
            if (passing != null) {
                passing.second().close();
            }
        }
    }

    /** The worker that had a record was reaped. */
    void bury(int record) {
        scoreboard.release(record);
    }

    /** There are to be no more workers: those that are left are the last to have the listeners. */
    void release() {
        binder.release();
    }

    @Override
    public void close() {
        syscalls.descriptors().close(lifelineRead);
        syscalls.descriptors().close(lifelineWrite);
    }
}
