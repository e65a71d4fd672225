// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.signalio;

import dev.ringfork.bindings.Polling;
import dev.ringfork.bindings.Syscalls;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Real system calls, but who polls stops at a gate while it is shut. */
final class GatedPolling implements Polling {
    private static final long DEADLINE_S = 20;

    private final Polling real = Syscalls.get().polling();
    private final CountDownLatch arrived = new CountDownLatch(1);
    private final CountDownLatch opened = new CountDownLatch(1);
    private volatile boolean shut;

    /** The calls of this machine, with this one's polling. */
    Syscalls syscalls() {
        Syscalls others = Syscalls.get();
        return (Syscalls)
                Proxy.newProxyInstance(
                        Syscalls.class.getClassLoader(),
                        new Class<?>[] {Syscalls.class},
                        (self, method, arguments) -> {
                            if (method.getName().equals("polling")) {
                                return this;
                            }
                            try {
                                return method.invoke(others, arguments);
                            } catch (InvocationTargetException e) {
                                throw e.getCause();
                            }
                        });
    }

    void shut() {
        shut = true;
    }

    void awaitArrival() throws InterruptedException {
        if (!arrived.await(DEADLINE_S, TimeUnit.SECONDS)) {
            throw new AssertionError("nobody polls");
        }
    }

    void open() {
        shut = false;
        opened.countDown();
    }

    @Override
    public int poll(long fds, int count, int timeoutMs) {
        if (shut) {
            arrived.countDown();
            try {
                if (!opened.await(DEADLINE_S, TimeUnit.SECONDS)) {
                    throw new AssertionError("the gate stays shut");
                }
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
        return real.poll(fds, count, timeoutMs);
    }

    @Override
    public int select(int nfds, long read, long write, long except, long timeoutUs) {
        return real.select(nfds, read, write, except, timeoutUs);
    }
}
