// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.forklab;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A thread that was there before the fork, waits in a way of its own and answers. It goes on in
 * every child, where it answers the child. One thread asks.
 */
final class Inhabitant {
    private static final int MOST = 100;

    /** How it waits for a number from 0 to 100. */
    interface Ear {
        int hear() throws Exception;
    }

    /** How it is told one. */
    interface Mouth {
        void tell(int value) throws Exception;
    }

    private final String name;
    private final Ear ear;
    private final Mouth mouth;
    private final BlockingQueue<Integer> answers = new LinkedBlockingQueue<>();
    private volatile @Nullable Throwable failure;
    private int asked;

    Inhabitant(String name, Thread.Builder builder, Ear ear, Mouth mouth) {
        this.name = name;
        this.ear = ear;
        this.mouth = mouth;
        builder.name(name).start(this::live);
    }

    private void live() {
        try {
            while (true) {
                answers.add(ear.hear() + 1);
            }
        } catch (Exception | Error e) {
            failure = e;
        }
    }

    String name() {
        return name;
    }

    /** Asks it, and waits for the answer at most so long. */
    void ask(long timeoutMs) throws Exception {
        asked = (asked + 1) % MOST;
        mouth.tell(asked);
        Integer answer = answers.poll(timeoutMs, TimeUnit.MILLISECONDS);
        Throwable died = failure;
        Broken.unless(died == null, "thread '%s' died of %s".formatted(name, String.valueOf(died)));
        Broken.unless(answer != null, "thread '%s' is silent".formatted(name));
        Broken.unlessEqual("the answer of thread '" + name + "'", asked + 1, answer);
    }
}
