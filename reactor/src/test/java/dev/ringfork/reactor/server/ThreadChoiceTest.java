// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringfork.reactor.server.ThreadChoice.Asked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

final class ThreadChoiceTest {
    private static ThreadChoice of(
            Architecture architecture,
            @Nullable Integer min,
            @Nullable Integer max,
            @Nullable Integer queue) {
        return ThreadChoice.of(architecture, new Asked(min, max, queue));
    }

    @ParameterizedTest
    @EnumSource
    void shouldHaveADefaultForEveryArchitecture(Architecture architecture) {
        ThreadChoice choice = of(architecture, null, null, null);

        assertTrue(choice.max() >= 1 && choice.min() <= choice.max(), choice::toString);
    }

    @Test
    void shouldTakeWhatWasSaid() {
        assertEquals(new ThreadChoice(2, 3, 4), of(Architecture.THREAD_POOL, 2, 3, 4));
        assertEquals(new ThreadChoice(0, 3, 0), of(Architecture.REACTOR_POOL, 0, 3, null));
    }

    @Test
    void shouldKeepNoMoreThanItMayHave() {
        assertEquals(new ThreadChoice(1, 1, 0), of(Architecture.REACTOR_POOL, null, 1, null));
        assertEquals(
                new ThreadChoice(0, 1, 0), of(Architecture.THREAD_PER_CONNECTION, null, 1, null));
    }

    @ParameterizedTest
    @CsvSource({
        "THREAD_POOL, , 0, , 0 threads: allow at least 1",
        "THREAD_POOL, 3, 2, , --min-threads 3: from 0 to --max-threads 2 are possible",
        "REACTOR_POOL, -1, , , --min-threads -1: from 0 to --max-threads",
        "THREAD_POOL, , , -1, --thread-queue -1: 0 lets all wait in the backlog",
        "REACTOR, , 2, , --architecture reactor has nothing to count with --max-threads",
        "VIRTUAL_THREADS, , 2, , --architecture virtual-threads has nothing to count with",
        "MULTI_REACTOR, 2, , , has nothing to count with --min-threads: leave it out",
        "SERIAL, , , 5, has nothing to count with --thread-queue: leave it out",
        "LEADER_FOLLOWERS, 2, , , has nothing to count with --min-threads: leave it out",
        "REACTOR_POOL, , , 5, has nothing to count with --thread-queue: leave it out",
        "SIMULATED_PROACTOR, , , 5, has nothing to count with --thread-queue: leave it out",
        "BUFFERED_POOL, 3, 2, , --min-threads 3: from 0 to --max-threads 2 are possible",
        "THREAD_PER_CONNECTION, , , 5, has nothing to count with --thread-queue: leave it out",
    })
    void shouldRefuseWhatCannotBe(
            Architecture architecture,
            @Nullable Integer min,
            @Nullable Integer max,
            @Nullable Integer queue,
            String reason) {
        IllegalArgumentException e =
                assertThrows(
                        IllegalArgumentException.class, () -> of(architecture, min, max, queue));

        assertTrue(String.valueOf(e.getMessage()).contains(reason), e.toString());
    }
}
