// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.demux;

final class KqueueOneshotDemultiplexerTest extends KqueueDemultiplexerContract
        implements OneshotTriggered {

    @Override
    Trigger trigger() {
        return Trigger.ONESHOT;
    }

    @Override
    public DemultiplexerContract contract() {
        return this;
    }
}
