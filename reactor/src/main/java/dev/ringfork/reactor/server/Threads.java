// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.server;

/** What threads lack. */
final class Threads {
    private Threads() {}

    /** Something to wait for. */
    interface Wait {
        /** Waits. */
        void await() throws InterruptedException;
    }

    /** Waits to the end: an interrupt does not end the wait; it is kept. */
    static void uninterruptibly(Wait wait) {
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
