// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.master;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.SyscallException;
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
import java.util.HashSet;
import java.util.Objects;
import java.util.SequencedMap;
import java.util.Set;
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
    private final Set<Equipment> expected = new HashSet<>();

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

    /** What is made for a worker: its record, and both ends of what leads to it. */
    private record Equipment(
            int record, Channel.Pair channel, DescriptorSocket.@Nullable Pair passing) {

        /** The master's ends. */
        void closeHere() {
            channel.here().close();
            if (passing != null) {
                passing.first().close();
            }
        }

        /** The worker's ends. */
        void closeThere(Syscalls syscalls) {
            syscalls.descriptors().close(channel.there());
            if (passing != null) {
                passing.second().close();
            }
        }
    }

    /** Waits for a worker. */
    interface Parent {
        /** Whether it still does. */
        boolean expects();

        /** It runs, and what is its equipment's is the parent's. */
        void born(Born born);

        /** There is none. */
        void failed(RuntimeException reason);
    }

    /**
     * Starts a worker, perhaps after others.
     *
     * @param parent is asked when it is its turn, and told how that went, perhaps before this
     *     returns
     */
    void spawn(Action.Spawn spawn, Parent parent) {
        spawner.spawn(new Expected(spawn, parent));
    }

    /** A worker that is to be started. It is equipped when it is its turn. */
    private final class Expected implements Spawner.Birth {
        private final Action.Spawn spawn;
        private final Parent parent;
        private @Nullable Equipment equipment;

        Expected(Action.Spawn spawn, Parent parent) {
            this.spawn = spawn;
            this.parent = parent;
        }

        @Override
        public @Nullable Assignment assignment() {
            if (!parent.expects()) {
                parent.failed(new IllegalStateException("it was told to end before"));
                return null;
            }
            try {
                // A place that nobody has had gets its listener now, if there is a descriptor left.
                SequencedMap<String, Integer> listeners = binder.descriptors(spawn.slot());
                Equipment made = equip();
                expected.add(made);
                equipment = made;
                int own = syscalls.processes().getpid();
                Manifest manifest = manifest(made, listeners);
                return new Assignment(spawn.slot(), spawn.generation(), own, manifest);
            } catch (IllegalStateException | SyscallException e) {
                parent.failed(e);
                return null;
            }
        }

        @Override
        public void born(int pid) {
            Equipment its = handedOver();
            parent.born(Nursery.this.born(pid, its));
        }

        @Override
        public void failed(RuntimeException reason) {
            Equipment its = handedOver();
            its.closeHere();
            scoreboard.release(its.record);
            parent.failed(reason);
        }

        private Equipment handedOver() {
            Equipment its = Objects.requireNonNull(equipment, "it has no assignment");
            expected.remove(its);
            its.closeThere(syscalls);
            return its;
        }
    }

    private Equipment equip() {
        int record = scoreboard.take();
        if (record < 0) {
            throw new IllegalStateException(
                    "too many workers at a time: %d".formatted(Scoreboard.RECORDS));
        }
        Channel.Pair channel = null;
        try {
            channel = Channel.open(syscalls);
            DescriptorSocket.Pair passing =
                    binder.passes() ? DescriptorSocket.pair(Framing.SOCKET) : null;
            return new Equipment(record, channel, passing);
        } catch (SyscallException e) {
            if (channel != null) {
                channel.here().close();
                syscalls.descriptors().close(channel.there());
            }
            scoreboard.release(record);
            throw e;
        }
    }

    private Manifest manifest(Equipment equipment, SequencedMap<String, Integer> listeners) {
        DescriptorSocket.Pair passing = equipment.passing;
        return new Manifest(
                listeners,
                equipment.channel.there(),
                lifelineRead,
                scoreboard.fd(),
                binder.acceptMutex(),
                passing == null ? -1 : passing.second().fd(),
                equipment.record);
    }

    private Born born(int pid, Equipment equipment) {
        DescriptorSocket.Pair passing = equipment.passing;
        return new Born(
                pid,
                equipment.record,
                scoreboard.score(equipment.record),
                equipment.channel.here(),
                passing == null ? null : passing.first());
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
        expected.forEach(Equipment::closeHere);
        expected.forEach(each -> each.closeThere(syscalls));
        expected.clear();
        syscalls.descriptors().close(lifelineRead);
        syscalls.descriptors().close(lifelineWrite);
    }
}
