// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.syscalls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;

class FiguresTest {
    private final Figures figures = new Figures();

    @Test
    void shouldCompareBestRoundsWithCOfTwoThreads() {
        figures.put(Column.C1, "pipe.write", new Figure(50, 50, null));
        Figure c = new Figure(100, 400, null);
        figures.put(Column.C, "pipe.write", c);
        figures.put(Column.FFM, "pipe.write", new Figure(125, 250, null));
        assertEquals(1.25, figures.ratio("pipe.write", Column.FFM));
        assertEquals(300, c.spread(), 0.001);
    }

    @Test
    void shouldKeepTheBestOfSeveralPasses() {
        figures.put(Column.FFM, "pipe.write", new Figure(120, 130, 0.0));
        figures.put(Column.FFM, "pipe.write", new Figure(100, 140, 8.0));
        assertEquals(new Figure(100, 130, 0.0), figures.figure("pipe.write", Column.FFM));
    }

    @Test
    void shouldHaveNoRatioWithoutTheCallInC() {
        figures.put(Column.FFM, "mutex.lock", new Figure(125, 250, null));
        assertNull(figures.ratio("mutex.lock", Column.FFM));
    }

    @Test
    void shouldKeepFamiliesTogetherInTheOrderOfTheirFirstCalls() {
        for (String call : List.of("pipe.a", "epoll.a", "pipe.b", "epoll.b")) {
            figures.plan(call);
        }
        assertEquals(List.of("pipe.a", "pipe.b", "epoll.a", "epoll.b"), figures.calls());
    }

    @Test
    void shouldShowOnlyColumnsWithFigures() {
        figures.plan("pipe.a");
        figures.put(Column.JNI, "pipe.a", new Figure(1, 1, null));
        assertEquals(List.of(Column.JNI), figures.columns());
    }

    @Test
    void shouldNameTheProvidersToWhoAsksForAnother() {
        IllegalArgumentException refused =
                assertThrows(IllegalArgumentException.class, () -> Column.provider("c1"));
        assertEquals("'c1' is no provider: ffm, jni, jna, jnr", refused.getMessage());
    }
}
