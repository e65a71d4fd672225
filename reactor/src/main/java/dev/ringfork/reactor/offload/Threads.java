// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.offload;

/** What threads lack. */
public final class Threads {
    private Threads() {}

    /** Something to wait for. */
    public interface Wait {
        /** Waits. */
        void await() throws InterruptedException;
    }

    /** Waits to the end: an interrupt does not end the wait; it is kept. */
    public static void uninterruptibly(Wait wait) {
        boolean interrupted = false;
        while (true) {
            try {
                wait.await();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
