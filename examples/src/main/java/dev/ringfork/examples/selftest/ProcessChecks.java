// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.selftest;

import static dev.ringfork.bindings.abi.PollConstants.POLLIN;
import static dev.ringfork.bindings.abi.ProcessConstants.RLIMIT_NOFILE;
import static dev.ringfork.bindings.abi.ProcessConstants.SIGKILL;
import static dev.ringfork.bindings.abi.ProcessConstants.SIGTERM;
import static dev.ringfork.bindings.abi.ProcessConstants.WEXITED;
import static dev.ringfork.examples.selftest.Bench.done;
import static dev.ringfork.examples.selftest.Bench.equal;
import static dev.ringfork.examples.selftest.Bench.fails;
import static dev.ringfork.examples.selftest.Bench.holds;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.Processes;
import dev.ringfork.bindings.SpawnActions;
import dev.ringfork.bindings.WaitStatus;
import dev.ringfork.bindings.abi.Fcntl;
import dev.ringfork.bindings.abi.Layouts;
import dev.ringfork.bindings.abi.ProcessConstants;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;

/** Programs that are started, what they inherit, how their end is told, and limits. */
final class ProcessChecks {
    private ProcessChecks() {}

    static List<Check> all() {
        return List.of(
                new Check("processes: spawn and wait", ProcessChecks::spawn),
                new Check("processes: hand descriptors over", ProcessChecks::handOver),
                new Check("processes: inherit nothing else", ProcessChecks::inheritNothing),
                new Check("processes: a program that is absent", ProcessChecks::absent),
                new Check("processes: kill and wait", ProcessChecks::kill),
                new Check("processes: waitid", ProcessChecks::waitid),
                new Check("processes: a descriptor for a process", ProcessChecks::pidfd),
                new Check("processes: limits", ProcessChecks::limits));
    }

    private static int shell(Bench bench, SpawnActions actions, String script) {
        List<String> arguments = List.of("sh", "-c", script);
        Processes processes = bench.syscalls().processes();
        return bench.spawned(
                "posix_spawn", actions.start(processes, "/bin/sh", arguments, Map.of("A", "b")));
    }

    /** A child that reads from a descriptor until its end. */
    static int cat(Bench bench, int stdin) {
        try (SpawnActions actions = new SpawnActions()) {
            Processes processes = bench.syscalls().processes();
            int pid =
                    actions.handOver(stdin, 0)
                            .start(processes, "/bin/cat", List.of("cat"), Map.of());
            return bench.spawned("posix_spawn", pid);
        }
    }

    private static void spawn(Bench bench) {
        try (SpawnActions actions = new SpawnActions()) {
            WaitStatus status = WaitStatus.of(bench.reap(shell(bench, actions, "exit 7")));
            equal("how the child ended", "exited with 7", status.toString());
        }
    }

    private static void handOver(Bench bench) {
        int[] in = bench.pipe(0);
        int[] out = bench.pipe(0);
        try (SpawnActions actions = new SpawnActions()) {
            actions.handOver(in[0], 4).handOver(out[1], 3);
            int pid = shell(bench, actions, "read word <&4; echo \"$word $A\" >&3");
            bench.close(out[1]);
            bench.write(in[1], "hello\n");
            equal("what the child wrote", "hello b\n", bench.readToEnd(out[0]));
            equal("how it ended", "exited with 0", WaitStatus.of(bench.reap(pid)).toString());
        }
    }

    /** A pipe that is not close-on-exec has to end all the same when we close it. */
    private static void inheritNothing(Bench bench) {
        int[] stdin = bench.pipe(0);
        int[] leak = bench.pipe(0);
        done("fcntl F_SETFD", bench.syscalls().descriptors().fcntl(leak[1], Fcntl.F_SETFD, 0));
        int pid = cat(bench, stdin[0]);
        bench.close(leak[1]);
        equal("what came from a pipe that the child must not have", "", bench.read(leak[0]));
        bench.close(stdin[0]);
        bench.close(stdin[1]);
        equal("how it ended", "exited with 0", WaitStatus.of(bench.reap(pid)).toString());
    }

    private static void absent(Bench bench) {
        try (SpawnActions actions = new SpawnActions()) {
            String program = bench.file("no-program").toString();
            Processes processes = bench.syscalls().processes();
            int pid = actions.start(processes, program, List.of(program), Map.of());
            fails("posix_spawn", Errno.ENOENT, pid);
        }
    }

    private static void kill(Bench bench) {
        Processes processes = bench.syscalls().processes();
        int pid = cat(bench, bench.pipe(0)[0]);
        done("kill 0", processes.kill(pid, 0));
        done("kill SIGTERM", processes.kill(pid, SIGTERM));
        WaitStatus status = WaitStatus.of(bench.reap(pid));
        equal("how the child ended", "killed by signal " + SIGTERM, status.toString());
        fails("kill", Errno.ESRCH, processes.kill(pid, 0));
    }

    private static void waitid(Bench bench) {
        Processes processes = bench.syscalls().processes();
        int pid = cat(bench, bench.pipe(0)[0]);
        done("kill SIGKILL", processes.kill(pid, SIGKILL));
        Layouts layouts = Layouts.current();
        MemorySegment info = bench.bytes(layouts.size("siginfo_t"));
        int options = WEXITED | ProcessConstants.WNOWAIT;
        done("waitid", processes.waitid(ProcessConstants.P_PID, pid, info, options));
        equal("si_pid", pid, info.get(JAVA_INT, layouts.offset("siginfo_t", "si_pid")));
        int code = info.get(JAVA_INT, layouts.offset("siginfo_t", "si_code"));
        equal("si_code", ProcessConstants.CLD_KILLED, code);
        bench.reap(pid);
    }

    private static void pidfd(Bench bench) {
        Unavailable.because(bench.syscalls().absence("pidfd_open"));
        Processes processes = bench.syscalls().processes();
        int pid = cat(bench, bench.pipe(0)[0]);
        int pidfd = bench.opened("pidfd_open", processes.pidfd_open(pid, 0));
        equal("events of a child that runs", 0, bench.poll(pidfd, POLLIN, 0));
        int result = processes.pidfd_send_signal(pidfd, SIGKILL, MemorySegment.NULL, 0);
        done("pidfd_send_signal", result);
        bench.await(pidfd, POLLIN);
        bench.reap(pid);
    }

    private static void limits(Bench bench) {
        Processes processes = bench.syscalls().processes();
        MemorySegment limit = bench.arena().allocate(JAVA_LONG, 2);
        done("getrlimit", processes.getrlimit(RLIMIT_NOFILE, limit));
        long soft = limit.getAtIndex(JAVA_LONG, 0);
        long hard = limit.getAtIndex(JAVA_LONG, 1);
        boolean sane = soft > 0 && Long.compareUnsigned(soft, hard) <= 0;
        holds(sane, "RLIMIT_NOFILE is %d of %d".formatted(soft, hard), "0 < soft <= hard");
        limit.setAtIndex(JAVA_LONG, 0, soft - 1);
        done("setrlimit", processes.setrlimit(RLIMIT_NOFILE, limit));
        done("getrlimit", processes.getrlimit(RLIMIT_NOFILE, limit));
        equal("the soft limit after it was set", soft - 1, limit.getAtIndex(JAVA_LONG, 0));
        limit.setAtIndex(JAVA_LONG, 0, soft);
        done("setrlimit", processes.setrlimit(RLIMIT_NOFILE, limit));
    }
}
