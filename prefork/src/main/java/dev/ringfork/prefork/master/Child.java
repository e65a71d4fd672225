// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.master;

import dev.ringfork.prefork.scoreboard.Score;
import dev.ringfork.prefork.spawn.Channel;
import dev.ringfork.reactor.EventHandler;
import dev.ringfork.reactor.Registration;

/** A worker's process as the loop holds it. Confined to the loop's thread; owns the channel. */
final class Child {
    final Action.Spawn spawn;
    final int pid;
    final int record;
    final Score score;
    final Channel channel;
    final Registration registration;

    /** The heartbeat that was seen last: only that it changes counts. */
    long heartbeat;

    /** When that was. */
    long heartbeatSeenNs;

    Child(
            Action.Spawn spawn,
            int pid,
            int record,
            Score score,
            Channel channel,
            EventHandler onChannel) {
        this.spawn = spawn;
        this.pid = pid;
        this.record = record;
        this.score = score;
        this.channel = channel;
        this.registration = new Registration(onChannel);
    }

    int id() {
        return spawn.id();
    }

    void close() {
        registration.remove();
        channel.close();
    }
}
