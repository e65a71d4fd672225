// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.selftest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.SyscallException;
import dev.ringfork.bindings.Syscalls;
import dev.ringfork.bindings.abi.Fcntl;
import dev.ringfork.bindings.abi.ProcessConstants;
import dev.ringfork.bindings.abi.SocketConstants;
import dev.ringfork.bindings.faults.FaultInjectingSyscalls;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** What a selftest makes of checks that hold, that do not, and that leave something behind. */
class SelftestTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final String LEFT = "afterwards: no descriptor is left          ";

    /** How it went and what it printed. */
    private record Report(boolean good, List<String> lines) {

        /** The lines of the checks alone, without blank ones. */
        List<String> verdicts() {
            return lines.stream().filter(line -> !line.isBlank()).toList();
        }
    }

    private static Report run(Syscalls syscalls, Duration atMost, Check... checks)
            throws IOException, InterruptedException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Selftest selftest =
                new Selftest(syscalls, new PrintStream(out, true, StandardCharsets.UTF_8), atMost);
        boolean good = selftest.run(List.of(checks));
        return new Report(good, out.toString(StandardCharsets.UTF_8).lines().toList());
    }

    private static Report run(Check... checks) throws IOException, InterruptedException {
        return run(Syscalls.get(), PATIENCE, checks);
    }

    private static String line(String name, String verdict) {
        return "%-42s %s".formatted(name, verdict);
    }

    @Test
    void shouldPrintALineForEachCheckAndCount() throws Exception {
        Report report =
                run(
                        new Check("one: holds", bench -> {}),
                        new Check(
                                "two: is not there", bench -> Unavailable.because("no such call")),
                        new Check("three: is there", bench -> Unavailable.because(null)));

        assertEquals(
                List.of(
                        line("one: holds", "ok"),
                        line("two: is not there", "skipped: no such call"),
                        line("three: is there", "ok"),
                        LEFT + "ok",
                        "3 ok, 1 skipped, 0 FAILED"),
                report.verdicts());
        assertTrue(report.good());
    }

    @Test
    void shouldSayWhatCameAndWhatWasExpected() throws Exception {
        Report report =
                run(
                        new Check("value", bench -> Bench.equal("the answer", 42, 41)),
                        new Check("done", bench -> Bench.done("read", -Errno.EBADF)),
                        new Check("fails", bench -> Bench.fails("read", Errno.EBADF, 3)),
                        new Check("other", bench -> Bench.fails("read", Errno.EBADF, -Errno.EIO)),
                        new Check("text", bench -> Bench.equal("it", "a", "b\r\n")),
                        new Check(
                                "exception",
                                bench -> {
                                    throw new SyscallException("bind", Errno.EACCES, "127.0.0.1");
                                }),
                        new Check(
                                "defect",
                                bench -> {
                                    throw new IllegalStateException("oops");
                                }));

        assertEquals(
                List.of(
                        line("value", "FAILED: the answer is 41, expected 42"),
                        line("done", "FAILED: read: EBADF (bad descriptor), expected success"),
                        line("fails", "FAILED: read returned 3, expected EBADF"),
                        line("other", "FAILED: read: EIO (input or output error), expected EBADF"),
                        line("text", "FAILED: it is b\\r\\n, expected a"),
                        line(
                                "exception",
                                "FAILED: bind 127.0.0.1: EACCES (permission denied), expected"
                                        + " success"),
                        line("defect", "FAILED: java.lang.IllegalStateException: oops"),
                        LEFT + "ok",
                        "1 ok, 0 skipped, 7 FAILED"),
                report.verdicts());
        assertFalse(report.good());
    }

    @Test
    void shouldNameTheCallOfAFamilyThatFailsAndGoOn() throws Exception {
        FaultInjectingSyscalls faulty = new FaultInjectingSyscalls(Syscalls.get(), 1);
        faulty.onCall("socketpair").always().fail(Errno.EMFILE);
        faulty.onCall("mmap").always().fail(Errno.ENOMEM);

        Check[] checks =
                List.of(MessageChecks.all(), MappingChecks.all(), ProcessChecks.all()).stream()
                        .flatMap(List::stream)
                        .toArray(Check[]::new);
        Report report = run(faulty, PATIENCE, checks);

        assertFalse(report.good());
        assertFailed(report, "messages: gather and scatter", "socketpair: EMFILE");
        assertFailed(report, "mmap: anonymous memory", "mmap: ENOMEM");
        assertTrue(report.lines().contains(line("processes: spawn and wait", "ok")));
        assertTrue(report.lines().contains(LEFT + "ok"));
    }

    /** With the line of the check too, for who reads a report that somebody else has sent. */
    private static void assertFailed(Report report, String check, String what) {
        String begin = line(check, "FAILED: " + what);
        assertTrue(
                report.lines().stream()
                        .anyMatch(line ->
                                line.startsWith(begin)
                                        && line.contains(", expected success (")
                                        && line.matches(".*Checks\\.java:\\d+\\)")),
                () -> begin + " is not in " + report.lines());
    }

    @Test
    void shouldSayThatACallLeavesTheFlagsOut() throws Exception {
        FaultInjectingSyscalls faulty = new FaultInjectingSyscalls(Syscalls.get(), 1);
        faulty.onCall("fcntl").always().fail(Errno.EINVAL);

        Report report = run(faulty, PATIENCE, SocketChecks.all().toArray(Check[]::new));

        assertFailed(report, "sockets: flags of accepted ones", "fcntl F_GETFL: EINVAL");
        assertTrue(report.lines().contains(line("sockets: TCP over IPv4", "ok")));
    }

    @Test
    void shouldGiveUpACheckThatHangs() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        Report report =
                run(
                        Syscalls.get(),
                        Duration.ofSeconds(1),
                        new Check("hangs", bench -> never.await()),
                        new Check("after it", bench -> {}));
        never.countDown();

        assertEquals(
                List.of(
                        line("hangs", "FAILED: not over after 1000 ms"),
                        line("after it", "ok"),
                        LEFT + "ok",
                        "2 ok, 0 skipped, 1 FAILED"),
                report.verdicts());
    }

    @Test
    void shouldCloseAndEndWhatACheckLeaves() throws Exception {
        AtomicInteger child = new AtomicInteger();
        AtomicReference<Path> file = new AtomicReference<>();
        Report report =
                run(
                        new Check(
                                "careless",
                                bench -> {
                                    int[] pipe = bench.pipe(0);
                                    bench.socketpair(SocketConstants.SOCK_STREAM);
                                    child.set(ProcessChecks.cat(bench, pipe[0]));
                                    file.set(Files.createFile(bench.file("left")));
                                    throw new IllegalStateException("and it fails");
                                }));

        assertTrue(report.lines().contains(LEFT + "ok"), () -> "" + report.lines());
        int gone = Syscalls.get().processes().kill(child.get(), 0);
        assertEquals(-Errno.ESRCH, gone);
        assertFalse(Files.exists(file.get()));
    }

    @Test
    void shouldTellOfADescriptorThatIsLeft() throws Exception {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment fds = arena.allocate(ValueLayout.JAVA_INT, 2);
            Report report =
                    run(
                            new Check(
                                    "leaks",
                                    bench ->
                                            Bench.done(
                                                    "pipe2",
                                                    bench.syscalls()
                                                            .descriptors()
                                                            .pipe2(fds, Fcntl.O_CLOEXEC))));
            int reader = fds.getAtIndex(ValueLayout.JAVA_INT, 0);
            int writer = fds.getAtIndex(ValueLayout.JAVA_INT, 1);
            Syscalls.get().descriptors().close(reader);
            Syscalls.get().descriptors().close(writer);

            assertEquals(
                    LEFT
                            + "FAILED: the set of descriptors that are left is {%d, %d}, expected {}"
                                    .formatted(Math.min(reader, writer), Math.max(reader, writer)),
                    report.verdicts().get(1));
            assertFalse(report.good());
        }
    }

    @Test
    void shouldNotWaitForAChildForEver() throws Exception {
        Report report =
                run(
                        new Check(
                                "waits",
                                bench -> {
                                    int pid = ProcessChecks.cat(bench, bench.pipe(0)[0]);
                                    bench.syscalls()
                                            .processes()
                                            .kill(pid, ProcessConstants.SIGSTOP);
                                    bench.reap(pid);
                                }));

        String verdict = report.lines().getFirst();
        assertTrue(
                verdict.contains("still runs after " + Bench.WAIT_MS + " ms, expected its end"),
                verdict);
        assertTrue(report.lines().contains(LEFT + "ok"), () -> "" + report.lines());
    }
}
