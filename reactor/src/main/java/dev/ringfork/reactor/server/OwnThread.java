// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.server;

import java.util.concurrent.ThreadFactory;
import java.util.function.Function;

/** A thread that turns one loop, and waits when there is nothing to do. */
final class OwnThread implements LoopThread.Carrier {
    private final Thread thread;

    private OwnThread(Thread thread) {
        this.thread = thread;
    }

    static Function<LoopThread, LoopThread.Carrier> of(Thread.Builder builder) {
        return of(builder.factory());
    }

    static Function<LoopThread, LoopThread.Carrier> of(ThreadFactory factory) {
        return loop -> new OwnThread(factory.newThread(loop::run));
    }

    @Override
    public void start() {
        thread.start();
    }

    @Override
    public boolean current() {
        return Thread.currentThread().equals(thread);
    }
}
