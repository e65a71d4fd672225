// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.command;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code serve} makes of the flags about how many workers there are. */
final class ScaleFlagsTest {
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private int check(String flags) {
        List<String> arguments = new ArrayList<>(List.of("serve", "--check-config"));
        arguments.addAll(List.of(flags.split(" ", -1)));
        return Main.run(
                arguments.toArray(new String[0]),
                Map.of(),
                new PrintStream(new ByteArrayOutputStream()),
                new PrintStream(err));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--workers=1 --scale=dynamic",
                "--workers=9 --scale=dynamic --min-spare=4",
                "--workers=9 --scale=dynamic --min-spare=2 --max-spare=9",
                "--workers=2 --scale=ondemand --idle-worker-timeout=1s",
                "--workers=2 --scale=static",
                "--workers=2 --scale=per-connection --min-spare=0",
                "--architecture=fork-per-connection --min-spare=32",
                "--architecture=fork-per-connection --scale=per-connection --accept=pass --workers=1",
                "--workers=2 --scale=per-connection --architecture=reactor"
            })
    void shouldTakeWhatMakesSense(String flags) {
        assertEquals(0, check(flags), err.toString(UTF_8));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--scale=dynamic|--scale: say how many workers there may be, add --workers auto",
                "--workers=2 --min-spare=1|--min-spare goes with --scale dynamic or per-connection",
                "--workers=2 --scale=ondemand --max-spare=1|--max-spare goes with --scale dynamic",
                "--workers=2 --scale=dynamic --idle-worker-timeout=1s|--idle-worker-timeout goes with --scale ondemand",
                "--workers=2 --scale=dynamic --min-spare=0|0 spare workers at least: dynamic keeps 1 or more, choose ondemand for none",
                "--workers=2 --scale=dynamic --max-spare=3|up to 3 spare workers of at most 2: allow more workers or fewer spare ones",
                "--architecture=fork-per-connection --min-spare=33|up to 33 spare workers of at most 32: allow more workers or fewer spare ones",
                "--architecture=fork-per-connection --scale=dynamic|--scale: with --architecture fork-per-connection it is per-connection, leave it out",
                "--architecture=fork-per-connection --workers=0|--workers: say how many processes there may be, at least 1",
                "--architecture=fork-per-connection --accept=shared|the master gives each worker its connection with scale per-connection, with accept shared none could: choose accept pass",
                "--architecture=fork-per-connection --max-age=1h|a worker that ends with its connection is not replaced before: leave out how many requests it may answer, how old it may be and how much memory it may take",
                "--workers=2 --scale=per-connection --min-spare=-1|-1 spare workers: 0 is none, and then a connection waits for its worker to boot",
                "--scale=per-connection|--scale: say how many workers there may be, add --workers auto",
                "--workers=2 --scale=ondemand --idle-worker-timeout=0s|workers that end when they were idle for PT0S: it must be more than zero"
            })
    void shouldRefuseWhatMakesNone(String flags, String sentence) {
        assertEquals(2, check(flags));
        assertEquals("ringfork serve: " + sentence, err.toString(UTF_8).strip());
    }
}
