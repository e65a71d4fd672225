// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.listeners;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a supervisor that starts one generation of a server after the other means for the masters of
 * two. Immutable.
 */
public final class Supervision {
    private static final String GENERATION = "SERVER_STARTER_GENERATION";
    private static final String FIRST = "1";

    private final long parent;
    private final @Nullable String generation;
    private final boolean einhorn;

    private Supervision(long parent, @Nullable String generation, boolean einhorn) {
        this.parent = parent;
        this.generation = generation;
        this.einhorn = einhorn;
    }

    /**
     * What the environment of a process tells.
     *
     * @param parent the process that has started it
     */
    public static Supervision of(Map<String, String> environment, int parent) {
        // It sets both, always. One without the other is left over from a process further up.
        boolean starter = environment.containsKey(HandedOver.STARTER);
        return new Supervision(
                parent,
                starter ? environment.get(GENERATION) : null,
                Integer.toString(parent).equals(environment.get(HandedOver.EINHORN)));
    }

    /**
     * Why a master must not start another one in its place, or null if it may: a supervisor that
     * counts processes takes the end of the old one for a failure, and starts a third.
     */
    public @Nullable String upgradeObstacle() {
        if (generation != null) {
            return "Server::Starter (pid %d) would take the end of this process for a failure: have that start another generation, kill -HUP %d"
                    .formatted(parent, parent);
        }
        return einhorn
                ? "Einhorn (pid %d) would take the end of this process for a failure: have that upgrade, einhornsh -e upgrade"
                        .formatted(parent)
                : null;
    }

    /**
     * Whether the generation before this one may still be there, and ends when this one serves:
     * Server::Starter's way.
     */
    public boolean overlaps() {
        return generation != null && !generation.equals(FIRST);
    }

    /** Whether a process is of another generation: the supervisor has started it as well. */
    public boolean isSibling(long pid) {
        return ProcessHandle.of(pid)
                .flatMap(ProcessHandle::parent)
                .filter(other -> other.pid() == parent)
                .isPresent();
    }
}
