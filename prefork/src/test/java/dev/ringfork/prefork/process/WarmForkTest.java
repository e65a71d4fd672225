// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ringfork.bindings.Platform;
import dev.ringfork.prefork.ProgramPath;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(value = 3, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class WarmForkTest {
    private static final String APART = "-XX:+PerfDisableSharedMem";

    @TempDir Path folder;

    @BeforeAll
    static void assumeForks() throws IOException, InterruptedException {
        assumeTrue(Platform.current().linux(), "there are warm forks on Linux only");
        List<String> obstacles = run(List.of("-XX:+UseSerialGC", APART), "refused");
        assumeTrue(
                obstacles.stream().noneMatch(line -> line.contains("glibc")),
                () -> "this system has no warm forks: " + obstacles);
    }

    /** What the program says until all that came of it has ended. */
    private static List<String> run(List<String> options, String... arguments)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(System.getProperty("java.home") + "/bin/java");
        command.addAll(options);
        command.addAll(List.of("-Xmx64m", "--enable-native-access=ALL-UNNAMED", "-cp"));
        command.add(ProgramPath.classPath());
        command.add(WarmForkProgram.class.getName());
        command.addAll(List.of(arguments));
        Process program = new ProcessBuilder(command).redirectErrorStream(true).start();
        try {
            String all =
                    new String(program.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            program.waitFor();
            return all.lines().toList();
        } finally {
            program.destroyForcibly();
        }
    }

    private static List<String> after(String word, List<String> lines) {
        return lines.stream()
                .filter(line -> line.startsWith(word + " "))
                .map(line -> line.substring(word.length() + 1))
                .toList();
    }

    @ParameterizedTest
    @CsvSource({
        "-XX:+UseG1GC, random",
        "-XX:+UseSerialGC, random",
        // Looked for before there were any.
        "-XX:+UseG1GC, prepared"
    })
    void shouldGiveSiblingsRandomNumbersOfTheirOwn(String collector, String how) throws Exception {
        int children = 3;
        List<String> lines = run(List.of(collector, APART), how, Integer.toString(children));
        Map<String, List<String>> drawn = new HashMap<>();
        for (String line : after("drawn", lines)) {
            String[] parts = line.split(" ", 2);
            drawn.computeIfAbsent(parts[0], _ -> new ArrayList<>()).add(parts[1]);
        }
        assertEquals(13, drawn.size(), () -> "kinds of generators in " + lines);
        drawn.forEach((kind, numbers) -> {
            assertEquals(children, numbers.size(), kind);
            assertEquals(
                    children, new HashSet<>(numbers).size(), () -> kind + " repeats " + numbers);
        });
    }

    @Test
    void shouldLookAgainOnlyIfOtherThreadsHaveMadeObjects() throws Exception {
        List<String> lines = run(List.of(APART), "found");
        assertEquals(List.of("true", "false"), after("complete", lines), lines::toString);
    }

    @Test
    void shouldKnowItselfAndForgetWhatItsParentDoesAtTheEnd() throws Exception {
        List<String> lines = run(List.of(APART), "identity", folder.toString());
        String pid = after("getpid", lines).getFirst();
        assertFalse(after("parent", lines).contains(pid), lines::toString);
        assertEquals(List.of(pid), after("handle", lines));
        assertEquals(List.of("exited with 3"), after("ended", lines));
        assertEquals(
                List.of("hook of the child", "hook of the parent"),
                lines.stream().filter(line -> line.startsWith("hook")).toList());
        assertEquals(List.of("true"), after("kept", lines));
    }

    @Test
    void shouldCallHooksInAnOrderThatNests() throws Exception {
        List<String> lines = run(List.of(APART), "hooks");
        assertEquals(List.of("first", "second", "first", "second"), after("before", lines));
        assertEquals(List.of("second", "first"), after("child", lines));
        assertEquals(List.of("second", "first", "second", "first"), after("parent", lines));
        assertEquals(List.of("not now"), after("refused", lines));
    }

    @ParameterizedTest
    @CsvSource({
        "-XX:+UsePerfData, start with -XX:+PerfDisableSharedMem",
        "-XX:+UseZGC, use -XX:+UseG1GC",
        "-XX:StartFlightRecording, a flight recording (JFR) runs",
        "'-agentlib:jdwp=transport=dt_socket,server=y,suspend=n,address=127.0.0.1:0', without -agentlib:jdwp"
    })
    void shouldRefuseAndNameTheRemedy(String option, String remedy) throws Exception {
        List<String> options = new ArrayList<>(List.of(option));
        if (!option.endsWith("UsePerfData")) {
            options.add(APART);
        }
        List<String> lines = run(options, "refused");
        for (String word : Arrays.asList("obstacle", "refused")) {
            assertTrue(
                    after(word, lines).stream().anyMatch(line -> line.contains(remedy)),
                    () -> "no '%s' in %s".formatted(remedy, lines));
        }
    }
}
