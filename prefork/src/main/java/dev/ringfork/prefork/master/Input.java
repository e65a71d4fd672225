// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.master;

import dev.ringfork.bindings.WaitStatus;

/** What a {@link Master} is told. Immutable; {@code id} is that of {@link Action.Spawn}. */
public sealed interface Input {

    /**
     * An operator asks for something.
     *
     * @param workers how many, for {@link Command#RESIZE} alone
     */
    record Asked(Command command, int workers) implements Input {}

    /** A worker was started. */
    record Spawned(int id, int pid) implements Input {}

    /** A worker could not be started. */
    record SpawnFailed(int id, String reason) implements Input {}

    /** A worker accepts connections from now on. */
    record Ready(int id) implements Input {}

    /** A worker is none any more: others are forked from it. */
    record Promoted(int id) implements Input {}

    /** A worker has ended and was reaped. */
    record Exited(int id, WaitStatus status) implements Input {}

    /**
     * A worker's loop has turned.
     *
     * @param requests how many requests it has answered so far
     */
    record Beat(int id, long requests) implements Input {}

    /**
     * What a worker has to do.
     *
     * @param connections open now
     * @param accepted connections accepted so far
     */
    record Load(int id, long connections, long accepted) implements Input {}

    /**
     * A connection waits.
     *
     * @param looks how many times one after the other one was seen to
     */
    record Waiting(int looks) implements Input {}

    /** So many connections that the master has accepted have no worker yet. */
    record Held(int connections) implements Input {}

    /** The master has looked into the queues for the last time: it will hold no others. */
    record Emptied() implements Input {}

    /**
     * A worker that serves one connection was given it, or has not taken it over and gets no other.
     *
     * @param held how many have no worker now: in between it would look as if nobody needed a
     *     worker that boots, or one more than do
     */
    record Given(int id, boolean given, int held) implements Input {}

    /** A worker takes so much memory. */
    record Weighed(int id, long bytes) implements Input {}

    /** What {@link Action.Announce} asked for could not be done. */
    record NotAnnounced(String reason) implements Input {}

    /** Something about the new master of an upgrade. */
    sealed interface OfNewMaster extends Input {}

    /** It was started. */
    record MasterStarted(int pid) implements OfNewMaster {}

    /** It could not be started. */
    record MasterFailed(String reason) implements OfNewMaster {}

    /** All its workers serve, and it has taken over. */
    record MasterReady() implements OfNewMaster {}

    /** It has ended and was reaped. */
    record MasterExited(WaitStatus status) implements OfNewMaster {}

    /** Time has passed. */
    record Tick() implements Input {}
}
