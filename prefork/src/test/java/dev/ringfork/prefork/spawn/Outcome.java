// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.spawn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import org.jspecify.annotations.Nullable;

/** Remembers how a start went, and that it was told once. */
final class Outcome implements Spawner.Birth {
    private final Assignment assignment;
    private int pid;
    private @Nullable RuntimeException reason;

    Outcome(Assignment assignment) {
        this.assignment = assignment;
    }

    @Override
    public Assignment assignment() {
        return assignment;
    }

    @Override
    public void born(int child) {
        assertNotEquals(0, child);
        assertEquals(0, pid, "it was born before");
        assertNull(reason, "it has failed before");
        pid = child;
    }

    @Override
    public void failed(RuntimeException failure) {
        assertEquals(0, pid, "it was born before");
        assertNull(reason, "it has failed before");
        reason = failure;
    }

    boolean told() {
        return pid != 0 || reason != null;
    }

    int pid() {
        assertNull(reason);
        return pid;
    }

    @Nullable RuntimeException reason() {
        assertEquals(0, pid);
        return reason;
    }
}
