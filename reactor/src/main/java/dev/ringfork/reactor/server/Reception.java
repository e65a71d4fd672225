// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.server;

import java.util.ArrayDeque;

/**
 * A loop that accepts only for who is free, so that further clients wait in the kernel's backlog. A
 * drain closes that: whom it accepts before somebody is free waits here.
 *
 * <p>Confined to the accepting loop's thread.
 */
final class Reception implements Intake, LoopThread.Role {
    private final LoopThread accepting;
    private final Intake desk;
    private final ArrayDeque<Integer> queue = new ArrayDeque<>();

    /**
     * Stands before those who serve.
     *
     * @param desk takes a descriptor only when it is free
     */
    Reception(LoopThread accepting, Intake desk) {
        this.accepting = accepting;
        this.desk = desk;
    }

    @Override
    public boolean free() {
        return queue.isEmpty() && desk.free();
    }

    @Override
    public boolean bounded() {
        return true;
    }

    /** Serves an accepted descriptor, or keeps it until somebody is free. */
    @Override
    public void take(int fd) {
        if (free()) {
            desk.take(fd);
        } else {
            queue.add(fd);
        }
    }

    /** Goes on with who waits; true when nobody does any more. */
    @Override
    public boolean turned() {
        while (!queue.isEmpty() && desk.free()) {
            desk.take(queue.remove());
            // What this did to the loop is settled at the start of a turn: there must be one.
            accepting.reactor.wakeup();
        }
        return queue.isEmpty();
    }

    /** Closes those who still wait, unserved and counted. */
    @Override
    public void drainEnds() {
        while (!queue.isEmpty()) {
            accepting.loop.turnAway(queue.remove());
        }
    }

    @Override
    public void stopped() {
        drainEnds();
    }
}
