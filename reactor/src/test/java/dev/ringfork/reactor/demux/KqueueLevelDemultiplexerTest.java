// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.demux;

final class KqueueLevelDemultiplexerTest extends KqueueDemultiplexerContract
        implements LevelTriggered {

    @Override
    Trigger trigger() {
        return Trigger.LEVEL;
    }

    @Override
    public DemultiplexerContract contract() {
        return this;
    }
}
