// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.process;

import java.util.Collection;
import java.util.Map;

/** What this process would do at its end for its parent: shutdown hooks, and files to delete. */
final class ExitHooks {
    private static final Private HOOKS =
            new Private("java.lang.ApplicationShutdownHooks", "hooks", "java.util.IdentityHashMap");
    private static final Private FILES =
            new Private("java.io.DeleteOnExitHook", "files", "java.util.LinkedHashSet");

    private ExitHooks() {}

    /**
     * Makes sure that they can be forgotten here.
     *
     * @throws IllegalStateException if this JDK keeps them elsewhere
     */
    static void rehearse() {
        HOOKS.get();
        FILES.get();
    }

    /** Forgets them: they are the parent's. */
    static void forget() {
        Map<?, ?> hooks = (Map<?, ?>) HOOKS.get();
        synchronized (HOOKS.declaring()) {
            hooks.clear();
        }
        Collection<?> files = (Collection<?>) FILES.get();
        synchronized (FILES.declaring()) {
            files.clear();
        }
    }
}
