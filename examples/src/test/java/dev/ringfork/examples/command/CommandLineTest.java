// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ringfork.bindings.Platform;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the command makes of its arguments and of the environment, without a server. */
class CommandLineTest {

    private record Outcome(int exitCode, String out, String err) {

        /** Asserts a refusal of one line. */
        void refused(int expectedCode, String sentence) {
            assertEquals(sentence + System.lineSeparator(), err);
            assertEquals("", out);
            assertEquals(expectedCode, exitCode);
        }

        /** Asserts a line of the printed configuration. */
        void shows(String value, String origin) {
            String line = "%-32s # %s".formatted(value, origin);
            assertTrue(
                    out.lines().anyMatch(line::equals), () -> "no line '" + line + "' in\n" + out);
            assertEquals(0, exitCode);
        }
    }

    private static Outcome run(Map<String, String> environment, String... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int code = Main.run(arguments, environment, new PrintStream(out), new PrintStream(err));
        return new Outcome(
                code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    private static Outcome run(String... arguments) {
        return run(Map.of(), arguments);
    }

    @Test
    void shouldShowCommandsAndAFirstStepWithoutArguments() {
        Outcome outcome = run();
        assertEquals(0, outcome.exitCode());
        assertTrue(outcome.out().contains("Begin with: ringfork serve"), outcome.out());
        assertTrue(outcome.out().contains("echo"), outcome.out());
    }

    @ParameterizedTest
    @ValueSource(strings = {"serve", "echo"})
    void shouldDescribeEveryFlagOfACommand(String command) {
        Outcome outcome = run(command, "--help");
        assertEquals(0, outcome.exitCode());
        for (String flag : new String[] {"--engine", "--trigger", "--port", "--drain-timeout"}) {
            assertTrue(outcome.out().contains(flag), flag);
        }
        assertTrue(outcome.out().contains("(default: 511)"), outcome.out());
        assertTrue(outcome.out().contains("(default: 30s)"), outcome.out());
        assertTrue(outcome.out().contains("(default: 16k)"), outcome.out());
    }

    @Test
    void shouldTellItsVersion() {
        Outcome outcome = run("--version");
        assertEquals(0, outcome.exitCode());
        assertTrue(outcome.out().startsWith("ringfork "), outcome.out());
    }

    @Test
    void shouldTakeDefaults() {
        Outcome outcome = run("serve", "--print-config");
        outcome.shows("--host=127.0.0.1", "default");
        outcome.shows("--port=8080", "default");
        outcome.shows("--architecture=reactor", "default");
        outcome.shows("--loops=", "default");
        outcome.shows("--loop-accept=", "default");
        outcome.shows("--max-threads=", "default");
        outcome.shows("--engine=auto", "default");
        outcome.shows("--trigger=", "default");
        outcome.shows("--header-timeout=20s", "default");
        outcome.shows("--max-line=8190", "default");
        outcome.shows("--max-body=1m", "default");
        run("echo", "--print-config").shows("--port=7000", "default");
    }

    @Test
    void shouldPreferTheEnvironmentToDefaultsAndFlagsToBoth() {
        Map<String, String> environment =
                Map.of("RINGFORK_PORT", "9000", "RINGFORK_MAX_BODY", "2m", "RINGFORK_TRIGGER", "");
        Outcome outcome = run(environment, "serve", "--print-config", "--port=9001");
        outcome.shows("--port=9001", "flag");
        outcome.shows("--max-body=2m", "RINGFORK_MAX_BODY");
        outcome.shows("--trigger=", "default");
    }

    @Test
    void shouldLetTheLastOfRepeatedFlagsWin() {
        run("serve", "--print-config", "--port", "1", "--port", "2").shows("--port=2", "flag");
    }

    @Test
    void shouldTakeTheAccessLogWithAndWithoutAFile() {
        run("serve", "--print-config").shows("--access-log=", "default");
        run("serve", "--print-config", "--access-log").shows("--access-log=-", "flag");
        run("serve", "--print-config", "--access-log=a.log").shows("--access-log=a.log", "flag");
    }

    @Test
    void shouldRefuseHalfOfAnIdentity() {
        run("serve", "--tls-cert=cert.pem")
                .refused(
                        2,
                        "ringfork serve: --tls-cert needs --tls-key too: a certificate is of no use"
                                + " without its key");
        run("echo", "--tls-key=key.pem")
                .refused(
                        2,
                        "ringfork echo: --tls-key needs --tls-cert too: a certificate is of no use"
                                + " without its key");
    }

    @Test
    void shouldLookAtTheCertificateWhenItOnlyChecks() {
        run("serve", "--check-config", "--tls-cert=absent.pem", "--tls-key=absent.pem")
                .refused(1, "ringfork serve: absent.pem cannot be read: there is no such file");
    }

    @Test
    void shouldSuggestAFlagForAMistypedOne() {
        run("serve", "--prot=1")
                .refused(
                        2,
                        "ringfork serve: there is no flag --prot: did you mean --port? ringfork serve"
                                + " --help lists what there is");
    }

    @ParameterizedTest
    @ValueSource(strings = {"poll", "select"})
    void shouldRefuseAnEngineAndATriggerThatDoNotGoTogether(String engine) {
        run("serve", "--port=0", "--engine=" + engine, "--trigger=oneshot")
                .refused(
                        2,
                        "ringfork serve: %s reports levels only: choose --trigger level, or"
                                        .formatted(engine)
                                + " --engine epoll or kqueue where there is one");
    }

    @Test
    void shouldRefuseAnEngineOfAnotherSystem() {
        assumeTrue(Platform.current().linux(), "this system has kqueue");

        run("serve", "--port=0", "--engine=kqueue")
                .refused(
                        2,
                        "ringfork serve: the engine kqueue cannot be had here: Linux has no kqueue:"
                                + " use epoll; choose --engine poll");
    }

    @Test
    void shouldTakeAnArrangementOfLoops() {
        Map<String, String> environment =
                Map.of("RINGFORK_ARCHITECTURE", "multi-reactor", "RINGFORK_LOOPS", "3");
        Outcome outcome = run(environment, "echo", "--print-config", "--loop-accept=acceptor");
        outcome.shows("--architecture=multi-reactor", "RINGFORK_ARCHITECTURE");
        outcome.shows("--loops=3", "RINGFORK_LOOPS");
        outcome.shows("--loop-accept=acceptor", "flag");
    }

    @Test
    void shouldRefuseWhatAnArchitectureDoesNotHave() {
        run("serve", "--port=0", "--loops=2")
                .refused(
                        2,
                        "ringfork serve: --architecture reactor has no loops to count: leave --loops"
                                + " out, or choose --architecture multi-reactor");
        run("echo", "--port=0", "--architecture=serial", "--loop-accept=shared")
                .refused(
                        2,
                        "ringfork echo: --architecture serial has one loop that accepts: leave"
                                + " --loop-accept out, or choose --architecture multi-reactor");
        run("serve", "--port=0", "--architecture=serial", "--max-threads=2")
                .refused(
                        2,
                        "ringfork serve: --architecture serial has nothing to count with"
                                + " --max-threads: leave it out, or choose --architecture"
                                + " thread-pool");
    }

    @Test
    void shouldTakeSocketOptions() {
        Map<String, String> environment =
                Map.of("RINGFORK_TCP_NODELAY", "off", "RINGFORK_SEND_BUFFER", "64k");
        Outcome outcome = run(environment, "echo", "--print-config", "--tcp-keepalive-idle=1m");
        outcome.shows("--tcp-nodelay=off", "RINGFORK_TCP_NODELAY");
        outcome.shows("--send-buffer=64k", "RINGFORK_SEND_BUFFER");
        outcome.shows("--tcp-keepalive-idle=60s", "flag");
        outcome.shows("--tcp-fastopen=", "default");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--tcp-nodelay=maybe|--tcp-nodelay: 'maybe' is none of on and off",
                "--tcp-defer-accept=1500ms|--tcp-defer-accept: the kernel counts in seconds, and"
                        + " 1500ms is no whole number of them",
                "--send-buffer=3g|--send-buffer: '3g' is too much: less than 2g is possible",
                "--ipv6-only=off|IPV6_V6ONLY is an option of IPv6, and this server listens on"
                        + " 127.0.0.1:0: leave --ipv6-only out"
            })
    void shouldRefuseASocketOptionThatMakesNoSense(String flag, String sentence) {
        run("echo", "--port=0", flag).refused(2, "ringfork echo: " + sentence);
    }

    @Test
    void shouldNotProbeWithKeepAliveOff() {
        run("echo", "--port=0", "--tcp-keepalive=off", "--tcp-keepalive-count=3")
                .refused(
                        2,
                        "ringfork echo: --tcp-keepalive: it is off, so leave out what says how to"
                                + " probe, or turn it on");
    }

    @Test
    void shouldSayThatTheKernelRefusesASocketOption() {
        run("echo", "--port=0", "--tcp-keepalive-count=9999")
                .refused(
                        1,
                        "ringfork echo: TCP_KEEPCNT=9999 is refused for 127.0.0.1:0: EINVAL (invalid"
                                + " argument): the value is out of range; leave"
                                + " --tcp-keepalive-count out");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--architecture=serial|--udp: one loop receives datagrams; leave out --architecture"
                        + " and what says how many loops or threads there are",
                "--max-threads=2|--udp: one loop receives datagrams; leave out --architecture"
                        + " and what says how many loops or threads there are",
                "--unix=/run/echo|datagrams are received at an address and a port, not at"
                        + " unix:/run/echo",
                "--tcp-nodelay=on|TCP_NODELAY is an option of connections, and this server takes"
                        + " datagrams: leave --tcp-nodelay out"
            })
    void shouldRefuseWhatDatagramsDoNotHave(String flag, String sentence) {
        run("echo", "--udp", "--port=0", flag).refused(2, "ringfork echo: " + sentence);
    }

    @ParameterizedTest
    @ValueSource(strings = {"--port=0", "--udp"})
    void shouldRefusePacketsElsewhereThanAtAUnixPath(String flag) {
        run("echo", "--seqpacket", flag)
                .refused(
                        2,
                        "ringfork echo: --seqpacket: packets come over Unix sockets alone, say where"
                                + " with --unix and leave --udp out");
    }

    @Test
    void shouldTakeAServerToHandClientsOnTo() {
        Outcome outcome = run("proxy", "--print-config", "--to=127.0.0.1:8080");
        outcome.shows("--to=127.0.0.1:8080", "flag");
        outcome.shows("--connect-timeout=5s", "default");
        assertEquals(0, run("proxy", "--check-config", "--to=unix:/run/app.sock").exitCode());
        assertEquals(0, run("proxy", "--check-config", "--to=[::1]:80").exitCode());
        assertEquals(0, run("proxy", "--check-config", "--to=localhost:80").exitCode());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--to=8080|--to: '8080' is not HOST:PORT, [ADDRESS]:PORT or unix:PATH",
                "--to=127.0.0.1:99999|--to: ports go from 0 to 65535, not 99999",
                "--to=127.0.0.1:0|--to: port 0 is nobody's to connect to",
                "--to=nowhere.invalid:80|--to: there is no address 'nowhere.invalid'",
                "--to=127.0.0.1:80 --connect-timeout=0s|--connect-timeout: it must be more than zero",
            })
    void shouldRefuseAServerThatNobodyCanConnectTo(String flags, String sentence) {
        String[] arguments = ("proxy --port=0 " + flags).split(" ", -1);
        run(arguments).refused(2, "ringfork proxy: " + sentence);
    }

    @Test
    void shouldNotProxyWithoutAServer() {
        assertEquals(2, run("proxy").exitCode());
    }

    @Test
    void shouldTakeABoundOfThreads() {
        Outcome outcome =
                run(
                        Map.of("RINGFORK_MAX_THREADS", "16"),
                        "echo",
                        "--print-config",
                        "--architecture=thread-per-connection");
        outcome.shows("--architecture=thread-per-connection", "flag");
        outcome.shows("--max-threads=16", "RINGFORK_MAX_THREADS");
    }

    @Test
    void shouldRefuseToHaveNoThread() {
        run("serve", "--port=0", "--architecture=thread-per-connection", "--max-threads=0")
                .refused(2, "ringfork serve: 0 threads: allow at least 1");
    }

    @Test
    void shouldRefuseALoopCountThatMakesNoSense() {
        run("serve", "--port=0", "--architecture=multi-reactor", "--loops=0")
                .refused(2, "ringfork serve: 0 loops: from 1 to 1024 are possible");
    }

    @Test
    void shouldSuggestACommandForAMistypedOne() {
        run("sevre")
                .refused(
                        2,
                        "ringfork: there is no command sevre: did you mean serve? ringfork --help"
                                + " lists what there is");
    }

    @Test
    void shouldRefuseAnArgumentThatIsNoFlag() {
        run("serve", "8080")
                .refused(
                        2,
                        "ringfork serve: there is no argument 8080: ringfork serve --help lists what"
                                + " there is");
    }

    @Test
    void shouldRefuseAFlagWithoutItsValue() {
        run("serve", "--port").refused(2, "ringfork serve: --port needs a value: --port=N");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "--port=http | --port: 'http' is not a whole number",
                "--port=65536 | --port: ports go from 0 to 65535, not 65536",
                "--engine=devpoll | --engine: 'devpoll' is none of auto, epoll, kqueue, poll, select and io_uring",
                "--engine=EPOLL | --engine: 'EPOLL' is none of auto, epoll, kqueue, poll, select and io_uring",
                "--architecture=reactors | --architecture: 'reactors' is none of serial,"
                        + " thread-per-connection, thread-pool, virtual-threads, reactor, proactor, multi-reactor,"
                        + " reactor-pool, leader-followers, simulated-proactor, half-sync-half-async"
                        + " and buffered-pool, nor fork-per-connection",
                "--max-threads=few | --max-threads: 'few' is not a whole number",
                "--loops=many | --loops: 'many' is not a whole number",
                "--loop-accept=all | --loop-accept: 'all' is none of shared, reuseport and acceptor",
                "--trigger=lvl | --trigger: 'lvl' is none of level, edge and oneshot",
                "--max-body=1x | --max-body: '1x' is not a size: write bytes, or 8k, 1m, 2g",
                "--max-queued=64k | --max-queued: 64k is too little, --high-water and one --buffer"
                        + " above it need 80k",
                "--low-water=65k | a low-water mark of 66560: it must be between 0 and the"
                        + " high-water mark, 65536",
                "--max-body=2g | '2g' is too much: less than 2g is possible",
                "--max-fields=0 | fieldCount is 0, the least is 1",
                "--backlog=0 | a backlog of 0: it must be at least 1",
                "--soft-connections=65537 | a soft limit of 65537 connections: it must be between 1"
                        + " and the hard one, 65536, or 0 for none",
                "--soft-idle=0s | a time to be idle above the soft limit of connections of PT0S: it"
                        + " must be more than zero",
            })
    void shouldRefuseAValueThatMakesNoSense(String argument, String sentence) {
        run("serve", "--check-config", argument).refused(2, "ringfork serve: " + sentence);
    }

    @Test
    void shouldNameTheVariableThatMakesNoSense() {
        run(Map.of("RINGFORK_IDLE_TIMEOUT", "75"), "serve", "--check-config")
                .refused(
                        2,
                        "ringfork serve: RINGFORK_IDLE_TIMEOUT: '75' is not a time: write a number"
                                + " and its unit, as in 500ms, 20s, 5m, 1h");
    }

    @Test
    void shouldAcceptAGoodConfigurationWithoutListening() {
        Outcome outcome = run("serve", "--check-config", "--port=1", "--host=::1");
        assertEquals(
                "ringfork serve: the configuration is good" + System.lineSeparator(),
                outcome.out());
        assertEquals(0, outcome.exitCode());
    }

    @ParameterizedTest
    @ValueSource(strings = {"no.such.host.invalid", "1.2.3", "1.2.3.256", "::g"})
    void shouldRefuseAHostThatNoAddressHas(String host) {
        run("serve", "--check-config", "--host=" + host)
                .refused(
                        1,
                        "ringfork serve: --host: there is no address '%s'; 127.0.0.1 is this machine"
                                        .formatted(host)
                                + " alone, 0.0.0.0 all addresses it has");
    }

    @Test
    void shouldRefuseAUnixPathThatIsTooLong() {
        Outcome outcome = run("serve", "--check-config", "--unix=/" + "x".repeat(200));
        assertEquals(2, outcome.exitCode());
        assertTrue(outcome.err().startsWith("ringfork serve: --unix: "), outcome.err());
        assertEquals(1, outcome.err().lines().count(), outcome.err());
    }

    @Test
    void shouldRefuseARootThatIsNoFolder(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "text");
        for (Path root : new Path[] {file, folder.resolve("absent")}) {
            run("serve", "--check-config", "--root=" + root)
                    .refused(1, "ringfork serve: --root: %s is not a folder".formatted(root));
        }
        assertEquals(0, run("serve", "--check-config", "--root=" + folder).exitCode());
    }

    @Test
    void shouldSayInOneGroupWhatGoesWithRings() {
        String help = run("echo", "--help").out();
        int group = help.indexOf("With --engine io_uring:");
        assertTrue(group > help.indexOf("--freebind"), help);
        for (String flag :
                new String[] {"--ring-entries", "--cq-entries", "--sqpoll", "--ring-workers"}) {
            assertTrue(help.indexOf(flag) > group, flag);
        }
    }

    @Test
    void shouldTakeFlagsOfRings() {
        Outcome outcome =
                run(
                        Map.of("RINGFORK_RING_WORKERS", "2"),
                        "serve",
                        "--print-config",
                        "--engine=io_uring",
                        "--ring-entries=64",
                        "--sqpoll=50ms,1");
        outcome.shows("--ring-entries=64", "flag");
        outcome.shows("--cq-entries=", "default");
        outcome.shows("--sqpoll=50ms,1", "flag");
        outcome.shows("--ring-workers=2", "RINGFORK_RING_WORKERS");
    }

    @ParameterizedTest
    @CsvSource({
        "--engine=io_uring, --ring-entries=64",
        "--architecture=proactor, --sqpoll=off",
        "--engine=io_uring, --cq-entries=512",
        "--engine=io_uring, --recv=oneshot",
        "--engine=io_uring, --accept-op=oneshot",
        "--engine=io_uring, --bundle=on",
        "--engine=io_uring, --incremental=off",
        "--engine=io_uring, --napi=50",
        "--engine=io_uring, --no-iowait=off"
    })
    void shouldTakeFlagsOfRingsWhereThereMayBeOne(String choice, String flag) {
        assertEquals(0, run("echo", "--check-config", choice, flag).exitCode());
    }

    @ParameterizedTest
    @CsvSource({
        "--engine=auto, --ring-entries=64, --ring-entries",
        "--engine=epoll, --cq-entries=512, --cq-entries",
        "--architecture=multi-reactor, --sqpoll=off, --sqpoll",
        "--engine=poll, --ring-workers=2, --ring-workers",
        "--engine=epoll, --recv=multishot, --recv"
    })
    void shouldRefuseFlagsOfRingsWhereThereIsNone(String choice, String flag, String name) {
        run("echo", "--check-config", choice, flag)
                .refused(
                        2,
                        "ringfork echo: %s: it is about rings, so it goes with --engine io_uring, or with --architecture proactor and an engine that is auto"
                                .formatted(name));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--ring-entries=0|--ring-entries: a ring has 1 to 32768 submissions, not 0",
                "--cq-entries=511|--cq-entries: a ring of 256 submissions has 512 to 65536 completions, not 511",
                "--ring-workers=0|--ring-workers: a ring has 1 worker or more, not 0",
                "--ring-buffers=3|--ring-buffers: the kernel keeps a power of two of buffers up to 32768, not 3",
                "--napi=-1|--napi: a wait asks a network card for 0 to 1 second, not for PT-0.000001S",
                "--sqpoll=on|--sqpoll: 'on' is not a time: write a number and its unit, as in 500ms, 20s, 5m, 1h",
                "--sqpoll=0ms|--sqpoll: '0ms' is no time to look for work: write 1ms or more, or off",
                "--sqpoll=50ms,x|--sqpoll: '50ms,x' is neither off nor a time and a processor, as in 50ms,1"
            })
    void shouldRefuseARingThatCannotBe(String flag, String sentence) {
        run("echo", "--check-config", "--engine=io_uring", flag)
                .refused(2, "ringfork echo: " + sentence);
    }
}
