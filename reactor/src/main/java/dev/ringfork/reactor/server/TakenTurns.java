// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.server;

import dev.ringfork.reactor.SharedDemultiplexer;
import dev.ringfork.reactor.TurnPort;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The threads of an executor turn a loop: one at a time, whenever it has something to do.
 *
 * <p>The executor holds a loop at most once, so as many loops as there are bound its queue. Safe
 * for use by many threads.
 */
final class TakenTurns implements LoopThread.Carrier, Runnable {
    /** Turns in a row; then other loops are due. */
    private static final int TURNS_MAX = 16;

    private enum State {
        /** Nothing to do. */
        IDLE,
        /** The executor has it. */
        QUEUED,
        RUNNING,
        /** Woken meanwhile. */
        WOKEN
    }

    final TurnPort port;
    private final Executor executor;
    private final AtomicReference<State> state = new AtomicReference<>(State.IDLE);
    private @Nullable LoopThread loop;
    private volatile @Nullable Thread turning;

    /** Opens a port, for the demultiplexer of the loop to be turned. */
    TakenTurns(SharedDemultiplexer shared, Executor executor) {
        this.port = new TurnPort(shared, this::wake);
        this.executor = executor;
    }

    /** What turns this loop. */
    LoopThread.Carrier of(LoopThread loop) {
        this.loop = loop;
        return this;
    }

    @Override
    public void start() {
        wake();
    }

    @Override
    public boolean current() {
        return Thread.currentThread().equals(turning);
    }

    private void wake() {
        while (true) {
            State now = state.get();
            if (now == State.QUEUED || now == State.WOKEN) {
                return;
            }
            State next = now == State.IDLE ? State.QUEUED : State.WOKEN;
            if (state.compareAndSet(now, next)) {
                if (next == State.QUEUED) {
                    executor.execute(this);
                }
                return;
            }
        }
    }

    @Override
    public void run() {
        state.set(State.RUNNING);
        turning = Thread.currentThread();
        boolean more = turn();
        turning = null;
        if (more && !(port.idle() && state.compareAndSet(State.RUNNING, State.IDLE))) {
            state.set(State.QUEUED);
            executor.execute(this);
        }
    }

    private boolean turn() {
        LoopThread turned = Objects.requireNonNull(loop, "nothing wakes a loop before its start");
        for (int i = 0; i < TURNS_MAX; i++) {
            if (!turned.turn()) {
                turned.finish();
                return false;
            }
            if (port.idle()) {
                break;
            }
        }
        return true;
    }
}
