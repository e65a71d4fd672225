// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings.contract;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.Processes;
import dev.ringfork.bindings.SpawnActions;
import dev.ringfork.bindings.WaitStatus;
import dev.ringfork.bindings.abi.Layouts;
import dev.ringfork.bindings.abi.PollConstants;
import dev.ringfork.bindings.abi.ProcessConstants;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What every provider's {@link Processes} have to keep, spawning apart. */
public abstract class ProcessesContract extends SyscallsContract {

    private static final int PR_SET_NAME = 15;
    private static final int PR_GET_NAME = 16;
    private static final int NOBODY = 0x7fff_fff0;

    private final Deque<Integer> children = new ArrayDeque<>();

    private Processes calls() {
        return syscalls().processes();
    }

    @AfterEach
    void reapChildren() {
        while (!children.isEmpty()) {
            int pid = children.pop();
            calls().kill(pid, ProcessConstants.SIGKILL);
            calls().waitpid(pid, MemorySegment.NULL, 0);
        }
    }

    /**
     * A child that reads from a pipe, so that it lives until the pipe is closed or it is killed.
     */
    private int cat() {
        int[] pipe = pipe(0);
        try (SpawnActions spawn = new SpawnActions()) {
            int pid =
                    spawn.handOver(pipe[0], 0).start(calls(), "/bin/cat", List.of("cat"), Map.of());
            assertOk(pid);
            children.push(pid);
            return pid;
        }
    }

    private int shell(String script) {
        try (SpawnActions spawn = new SpawnActions()) {
            List<String> arguments = List.of("sh", "-c", script);
            int pid = spawn.start(calls(), "/bin/sh", arguments, Map.of());
            assertOk(pid);
            return pid;
        }
    }

    private WaitStatus reap(int pid) {
        MemorySegment status = arena.allocate(JAVA_INT);
        assertEquals(pid, calls().waitpid(pid, status, 0));
        children.remove(pid);
        return WaitStatus.of(status.get(JAVA_INT, 0));
    }

    @Test
    void shouldKnowItselfAndItsParent() {
        ProcessHandle self = ProcessHandle.current();
        assertEquals(self.pid(), calls().getpid());
        assertEquals(self.parent().orElseThrow().pid(), calls().getppid());
    }

    @Test
    void shouldTellWhatAChildExitedWith() {
        WaitStatus status = reap(shell("exit 3"));
        assertTrue(status.exited());
        assertEquals(3, status.exitStatus());
    }

    @Test
    void shouldTellWhichSignalEndedAChild() {
        int pid = cat();
        assertOk(calls().kill(pid, 0));
        assertOk(calls().kill(pid, ProcessConstants.SIGTERM));
        WaitStatus status = reap(pid);
        assertTrue(status.signaled());
        assertEquals(ProcessConstants.SIGTERM, status.termSignal());
        assertErrno(Errno.ESRCH, calls().kill(NOBODY, 0));
        assertErrno(Errno.EINVAL, calls().kill(calls().getpid(), 9999));
    }

    @Test
    void shouldNotWaitForAChildThatRuns() {
        int pid = cat();
        MemorySegment status = arena.allocate(JAVA_INT);
        assertEquals(0, calls().waitpid(pid, status, ProcessConstants.WNOHANG));
        assertErrno(Errno.ECHILD, calls().waitpid(NOBODY, status, 0));
        assertErrno(Errno.EINVAL, calls().waitpid(pid, status, 1 << 20));
    }

    @Test
    void shouldTellThatAChildStoppedAndContinued() {
        int pid = cat();
        MemorySegment status = arena.allocate(JAVA_INT);
        assertOk(calls().kill(pid, ProcessConstants.SIGSTOP));
        assertEquals(pid, calls().waitpid(pid, status, ProcessConstants.WUNTRACED));
        assertTrue(WaitStatus.of(status.get(JAVA_INT, 0)).stopped());
        assertOk(calls().kill(pid, ProcessConstants.SIGCONT));
        assertEquals(pid, calls().waitpid(pid, status, ProcessConstants.WCONTINUED));
        assertTrue(WaitStatus.of(status.get(JAVA_INT, 0)).continued());
    }

    @Test
    void shouldWaitWithInformation() {
        int pid = shell("exit 4");
        Layouts layouts = Layouts.current();
        MemorySegment info = bytes(layouts.size("siginfo_t"));
        int options = ProcessConstants.WEXITED | ProcessConstants.WNOWAIT;
        assertEquals(0, calls().waitid(ProcessConstants.P_PID, pid, info, options));
        assertEquals(pid, info.get(JAVA_INT, layouts.offset("siginfo_t", "si_pid")));
        assertEquals(4, info.get(JAVA_INT, layouts.offset("siginfo_t", "si_status")));
        assertEquals(4, reap(pid).exitStatus());
        assertErrno(
                Errno.ECHILD,
                calls().waitid(ProcessConstants.P_PID, pid, info, ProcessConstants.WEXITED));
        assertErrno(Errno.EINVAL, calls().waitid(ProcessConstants.P_PID, pid, info, 0));
    }

    @Test
    void shouldFollowAChildByDescriptor() {
        String absence = syscalls().absence("pidfd_open");
        assumeTrue(absence == null, absence);
        int pid = cat();
        int pidfd = opened(calls().pidfd_open(pid, 0));
        assertTrue(cloexec(pidfd));
        assertOk(calls().pidfd_send_signal(pidfd, 0, MemorySegment.NULL, 0));
        assertOk(calls().pidfd_send_signal(pidfd, ProcessConstants.SIGKILL, MemorySegment.NULL, 0));
        assertTrue((awaitEvents(pidfd, PollConstants.POLLIN) & PollConstants.POLLIN) != 0);

        MemorySegment info = bytes(Layouts.current().size("siginfo_t"));
        int idType = ProcessConstants.P_PIDFD;
        assertEquals(0, calls().waitid(idType, pidfd, info, ProcessConstants.WEXITED));
        children.remove(pid);
        assertErrno(Errno.ESRCH, calls().pidfd_send_signal(pidfd, 0, MemorySegment.NULL, 0));
    }

    @Test
    void shouldReportWhatNoPidfdIsFor() {
        assumeTrue(syscalls().absence("pidfd_open") == null, "no pidfd here");
        assertErrno(Errno.ESRCH, calls().pidfd_open(NOBODY, 0));
        assertErrno(Errno.EINVAL, calls().pidfd_open(calls().getpid(), -1));
        int pipe = pipe(0)[0];
        assertErrno(Errno.EBADF, calls().pidfd_send_signal(pipe, 0, MemorySegment.NULL, 0));
    }

    @Test
    void shouldReportThatSomebodyElsesGroupStays() {
        int pid = cat();
        // A child that has called exec(2) cannot be moved any more.
        assertErrno(Errno.EACCES, calls().setpgid(pid, pid));
        assertErrno(Errno.ESRCH, calls().setpgid(NOBODY, 0));
        assertErrno(Errno.EINVAL, calls().setpgid(0, -1));
    }

    @Test
    void shouldNotStartASessionAsTheLeaderOfAGroup() {
        // Leading a group of its own, or a session already: both forbid it.
        int result = calls().setpgid(0, 0);
        assertTrue(result == 0 || result == -Errno.EPERM, "setpgid returned " + result);
        assertErrno(Errno.EPERM, calls().setsid());
    }

    @Test
    void shouldReadAndSetLimits() {
        MemorySegment limit = arena.allocate(JAVA_LONG, 2);
        int resource = ProcessConstants.RLIMIT_NOFILE;
        assertOk(calls().getrlimit(resource, limit));
        long soft = limit.getAtIndex(JAVA_LONG, 0);
        long hard = limit.getAtIndex(JAVA_LONG, 1);
        assertTrue(soft > 0 && Long.compareUnsigned(soft, hard) <= 0);

        limit.setAtIndex(JAVA_LONG, 0, soft - 1);
        assertOk(calls().setrlimit(resource, limit));
        assertOk(calls().getrlimit(resource, limit));
        assertEquals(soft - 1, limit.getAtIndex(JAVA_LONG, 0));
        limit.setAtIndex(JAVA_LONG, 0, soft);
        assertOk(calls().setrlimit(resource, limit));

        limit.setAtIndex(JAVA_LONG, 0, 2);
        limit.setAtIndex(JAVA_LONG, 1, 1);
        assertErrno(Errno.EINVAL, calls().setrlimit(resource, limit));
        assertErrno(Errno.EINVAL, calls().getrlimit(9999, limit));
    }

    @Test
    void shouldTellThreadsApart() throws InterruptedException {
        String absence = syscalls().absence("gettid");
        assumeTrue(absence == null, absence);
        int[] other = new int[1];
        Thread thread = new Thread(() -> other[0] = calls().gettid());
        thread.start();
        thread.join();
        assertTrue(other[0] > 0);
        assertTrue(other[0] != calls().gettid());
        assertEquals(calls().gettid(), calls().gettid());
    }

    @Test
    void shouldControlItself() {
        String absence = syscalls().absence("prctl");
        assumeTrue(absence == null, absence);
        MemorySegment name = bytes(16);
        assertOk(calls().prctl(PR_GET_NAME, name.address(), 0, 0, 0));
        MemorySegment mine = arena.allocateFrom("ringfork-test");
        assertOk(calls().prctl(PR_SET_NAME, mine.address(), 0, 0, 0));
        MemorySegment read = bytes(16);
        assertOk(calls().prctl(PR_GET_NAME, read.address(), 0, 0, 0));
        assertEquals("ringfork-test", read.getString(0));
        assertOk(calls().prctl(PR_SET_NAME, name.address(), 0, 0, 0));
        assertErrno(Errno.EINVAL, calls().prctl(9999, 0, 0, 0, 0));
    }
}
