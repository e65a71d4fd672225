// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.syscalls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TranscriptTest {
    private final Recorded recorded = new Recorded();

    TranscriptTest() throws IOException {}

    @Test
    void shouldTakeTheFiguresOfARecordedRun() {
        assertEquals(
                new Figure(664.71, 676.99, null),
                recorded.figures.figure("pipe.writeRead bytes=64", Column.C));
        assertNull(recorded.figures.figure("process.getppid", Column.JNR));
    }

    @Test
    void shouldSayWhatIsMeasuredAndHowFarItIs() {
        assertTrue(
                recorded.progress.contains("C: 2 of 4: pipe.writeRead bytes=64"),
                recorded.progress.toString());
    }

    @Test
    void shouldPassOnWhatAProviderLacks() {
        String last = recorded.progress.getLast();
        assertTrue(last.startsWith("jnr: not measured: "), last);
        assertTrue(last.contains("com.github.jnr:jnr-ffi"), last);
    }

    @Test
    void shouldKeepTheReasonOfAFailureWithItsCommas() {
        Figures figures = new Figures();
        List<String> progress = new ArrayList<>();
        new Transcript(Column.FFM, figures, progress::add).line("failed,epoll.modify,no, not here");
        assertEquals(List.of("epoll.modify by ffm: no, not here"), figures.failures());
        assertEquals(List.of("ffm: epoll.modify: no, not here"), progress);
    }

    @Test
    void shouldPassOnLinesOfOtherKinds() {
        List<String> progress = new ArrayList<>();
        new Transcript(Column.JNI, new Figures(), progress::add).line("a warning");
        assertEquals(List.of("jni: a warning"), progress);
    }
}
