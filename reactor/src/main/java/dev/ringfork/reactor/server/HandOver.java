// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.server;

import java.util.List;

/**
 * Gives each accepted connection to the next loop in turn. One that takes no more is passed over;
 * if none takes it, the loop that has accepted serves it.
 *
 * <p>Confined to the thread of the loop that accepts.
 */
final class HandOver implements Intake {
    private final LoopThread accepting;
    private final List<LoopThread> serving;
    private int next;

    HandOver(LoopThread accepting, List<LoopThread> serving) {
        this.accepting = accepting;
        this.serving = serving;
    }

    @Override
    public void take(int fd) {
        for (int i = 0; i < serving.size(); i++) {
            LoopThread loop = serving.get(next);
            next = (next + 1) % serving.size();
            if (loop.offer(fd)) {
                return;
            }
        }
        if (!serving.isEmpty()) {
            accepting.report(
                    "connections stayed with the loop that accepts: the queues of all others are full");
        }
        accepting.serve(fd);
    }
}
