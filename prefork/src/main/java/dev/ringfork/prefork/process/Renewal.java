// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.process;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** What a child changes in itself before it is anything of its own. */
final class Renewal {
    private Renewal() {}

    /**
     * What of it cannot be done here, or null. It is tried on this process, which is none the worse
     * for it: nothing is to fail in a child first, and there it is done by code that is warm.
     */
    static @Nullable Obstacle obstacle(int pid) {
        try {
            renew(pid, Randomness.find());
            ExitHooks.rehearse();
            return null;
        } catch (IllegalStateException | LinkageError e) {
            return new Obstacle(
                    "this virtual machine keeps its state otherwise (%s)".formatted(e.getMessage()),
                    "use JDK 25, or --spawn cold");
        } catch (IOException e) {
            return new Obstacle("no random numbers: " + e.getMessage(), "let it be read");
        }
    }

    /**
     * Does it.
     *
     * @param found before the fork, or null
     * @throws IOException if the kernel gives no random bytes
     */
    static void run(int pid, @Nullable Randomness found) throws IOException {
        renew(pid, found != null && found.complete() ? found : Randomness.find());
        ExitHooks.forget();
    }

    private static void renew(int pid, Randomness generators) throws IOException {
        // First: what else runs in this process may want random numbers.
        generators.renew();
        Identity.renew(pid);
    }
}
