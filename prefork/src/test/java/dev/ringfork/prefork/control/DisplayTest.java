// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringfork.bindings.Syscalls;
import dev.ringfork.prefork.master.MasterState;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import org.junit.jupiter.api.Test;

final class DisplayTest {
    private static final MasterState ONE = States.of(1, 1, States.serving(0, 1));

    /** What a thread does when its user may have no more of them. */
    private static final class Unstartable extends Thread {
        Unstartable(Runnable task) {
            super(task);
        }

        @Override
        public void start() {
            throw new OutOfMemoryError("unable to create native thread");
        }
    }

    @Test
    void shouldSayWhyItCannotLookWhenThereIsNoThread() {
        Display display =
                new Display(
                        Syscalls.get(),
                        LinkedHashMap::new,
                        new LinkedHashMap<>(),
                        Unstartable::new);
        List<String> lines = new ArrayList<>();
        display.status(ONE, lines::add);
        assertEquals(1, lines.size());
        assertTrue(lines.getFirst().contains("raise RLIMIT_NPROC"), lines::toString);
        String obstacle = display.look(ONE, Request.parse("stats"), lines::addAll);
        assertEquals(lines, List.of(String.valueOf(obstacle)));
    }
}
