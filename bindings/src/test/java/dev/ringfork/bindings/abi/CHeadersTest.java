// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings.abi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.ringfork.bindings.Platform;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The Java tables of the running platform against the C compiler of the machine. */
class CHeadersTest {

    private static final Platform HERE = Platform.current();

    /**
     * How many names the machine's headers may lack: those of a distribution may be older than the
     * youngest constants (PIDFD_THREAD and what pidfd_send_signal takes came with Linux 6.9), and
     * P_PIDFD is no macro everywhere. Those of io_uring are not counted: the tables have them from
     * its own newest header.
     */
    private static final int MOST_LACKING = 16;

    private static final long DEADLINE_SECONDS = 60;

    @TempDir Path folder;

    @Test
    void shouldHoldWhatTheHeadersOfThisMachineSay() throws IOException, InterruptedException {
        NavigableMap<String, String> tables = AbiTables.of(HERE);
        Path program = folder.resolve("abi");

        compile(CProgram.printing(HERE, tables), "-o", program.toString()).orFail();
        NavigableMap<String, String> printed = parse(run(program.toString()).orFail());

        List<String> lacking = new ArrayList<>();
        printed.forEach((key, value) -> {
            if (value.equals(CProgram.LACKING)) {
                lacking.add(key);
            }
        });
        List<String> old =
                lacking.stream().filter(key -> !HeaderAge.ioUring(CProgram.bareName(key))).toList();
        if (!lacking.isEmpty()) {
            System.out.printf(
                    "names that the headers lack: %s and %d of io_uring%n",
                    old, lacking.size() - old.size());
        }
        assertTrue(old.size() <= MOST_LACKING, () -> "the headers lack " + old);
        printed.keySet().removeAll(lacking);
        lacking.forEach(tables::remove);
        assertEquals(List.of(), Differences.between(printed, tables));
    }

    @Test
    void shouldHoldByStaticAssertions() throws IOException, InterruptedException {
        compile(CAsserts.file(HERE, AbiTables.of(HERE)), "-fsyntax-only").orFail();
    }

    /** One wrong number among hundreds of right ones is enough, and the only one complained of. */
    @ParameterizedTest
    @CsvSource({
        "const SO_KEEPALIVE, 4711",
        "errno EADDRINUSE, 4711",
        "struct struct msghdr, 4711/8",
        "struct struct msghdr, 56/4711",
        "field struct cmsghdr.cmsg_len, 4711:8",
        "field struct cmsghdr.cmsg_len, 0:4711",
        "const CMSG_SPACE(4), 4711"
    })
    void shouldNotCompileWithOneWrongRowAmongAll(String key, String value)
            throws IOException, InterruptedException {
        NavigableMap<String, String> rows = AbiTables.of(HERE);
        assertNotNull(rows.put(key, value), key);

        Outcome outcome = compile(CAsserts.file(HERE, rows), "-fsyntax-only");

        assertTrue(outcome.status != 0, "compiled");
        List<String> refused =
                rows.entrySet().stream()
                        .map(row -> row.getKey() + " is not " + row.getValue())
                        .filter(outcome.output::contains)
                        .toList();
        assertEquals(List.of(key + " is not " + value), refused, outcome.output);
    }

    @Test
    void shouldReportANameThatTheHeadersLack() throws IOException, InterruptedException {
        NavigableMap<String, String> rows = new TreeMap<>();
        rows.put("const RF_NO_SUCH_NAME", "1");

        String output = compile(CAsserts.file(HERE, rows), "-fsyntax-only").orFail();

        assertTrue(output.contains("lacking: RF_NO_SUCH_NAME"), output);
    }

    @Test
    void shouldWriteOneAssertionForEachRowOfEachPlatform() throws IOException {
        CAsserts.main(new String[] {folder.resolve("asserts").toString()});

        for (Platform platform : Platform.values()) {
            String c = Files.readString(folder.resolve("asserts").resolve(platform.key() + ".c"));
            assertEquals(
                    AbiTables.of(platform).size(),
                    c.lines().filter(line -> line.startsWith("_Static_assert(")).count(),
                    platform.key());
        }
    }

    @Test
    void shouldNotCompileWithWrongRows() throws IOException, InterruptedException {
        NavigableMap<String, String> wrong = new TreeMap<>();
        wrong.put("const SOCK_STREAM", "9");
        wrong.put("errno EINTR", "5");
        wrong.put("struct struct iovec", "16/4");
        wrong.put("field struct iovec.iov_len", "8:4");

        Outcome outcome = compile(CProgram.asserting(HERE, wrong), "-fsyntax-only");

        assertTrue(outcome.status != 0, "compiled");
        wrong.forEach(
                (key, value) -> assertTrue(outcome.output.contains(key + " is not " + value), key));
    }

    private Outcome compile(String source, String... options)
            throws IOException, InterruptedException {
        Path file = Files.writeString(folder.resolve("abi.c"), source);
        String compiler = System.getenv().getOrDefault("CC", "cc");
        List<String> command = new ArrayList<>(List.of(compiler.trim().split(" +")));
        command.addAll(List.of("-std=gnu11", "-Wall", "-Werror", file.toString()));
        command.addAll(List.of(options));
        return run(command.toArray(String[]::new));
    }

    private Outcome run(String... command) throws IOException, InterruptedException {
        Path output = folder.resolve("output");
        Process process;
        try {
            process =
                    new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(output.toFile())
                            .start();
        } catch (IOException e) {
            return abort("no C compiler: " + e.getMessage());
        }
        if (!process.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError(String.join(" ", command) + " does not end");
        }
        return new Outcome(process.exitValue(), Files.readString(output));
    }

    private static NavigableMap<String, String> parse(String printed) {
        NavigableMap<String, String> rows = new TreeMap<>();
        for (String line : printed.lines().toList()) {
            int equals = line.lastIndexOf('=');
            rows.put(line.substring(0, equals), line.substring(equals + 1));
        }
        return rows;
    }

    /** How a program ended and what it wrote. */
    private record Outcome(int status, String output) {

        String orFail() {
            assertEquals(0, status, output);
            return output;
        }
    }
}
