// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings.contract;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.Platform;
import dev.ringfork.bindings.Signals;
import dev.ringfork.bindings.abi.Fcntl;
import dev.ringfork.bindings.abi.Layouts;
import dev.ringfork.bindings.abi.PollConstants;
import dev.ringfork.bindings.abi.ProcessConstants;
import dev.ringfork.bindings.abi.SignalConstants;
import dev.ringfork.bindings.abi.SocketConstants;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every provider's {@link Signals} has to keep where there is libringfork. */
public abstract class SignalsContract extends SyscallsContract {

    /** A real-time signal that neither the C library nor the virtual machine uses. */
    static final int FREE_SIGNAL = 42;

    /** The last of those that glibc keeps for itself. */
    private static final int SIGNAL_OF_GLIBC = 33;

    private static final int NONBLOCK = Fcntl.O_NONBLOCK;

    private Signals calls() {
        return syscalls().signals();
    }

    @BeforeEach
    void assumeQueuedSignals() {
        String absence = syscalls().absence("rf_siginfo_watch");
        assumeTrue(absence == null, absence);
        assumeTrue(Platform.current().linux(), "macOS does not queue signals");
    }

    @AfterEach
    void ignoreLateSignals() {
        calls().rf_signal_ignore(FREE_SIGNAL);
    }

    private int watched() {
        int[] pipe = pipe(NONBLOCK);
        assertOk(calls().rf_siginfo_watch(FREE_SIGNAL, pipe[1]));
        return pipe[0];
    }

    private MemorySegment nextRecord(int fd) {
        awaitReadable(fd);
        MemorySegment record = bytes(Signals.RECORD_BYTES);
        assertEquals(
                Signals.RECORD_BYTES,
                syscalls().descriptors().read(fd, record.address(), Signals.RECORD_BYTES));
        assertEquals(FREE_SIGNAL, record.get(JAVA_INT, Signals.RECORD_SIGNO));
        return record;
    }

    /** The owner is this thread, so that no other one is interrupted. */
    private void askForSignals(int fd) {
        MemorySegment owner = bytes(Layouts.current().size("f_owner_ex"));
        owner.set(JAVA_INT, Layouts.current().offset("f_owner_ex", "type"), Fcntl.F_OWNER_TID);
        owner.set(
                JAVA_INT,
                Layouts.current().offset("f_owner_ex", "pid"),
                syscalls().processes().gettid());
        assertOk(syscalls().descriptors().fcntl(fd, Fcntl.F_SETOWN_EX, owner.address()));
        assertOk(syscalls().descriptors().fcntl(fd, Fcntl.F_SETSIG, FREE_SIGNAL));
        assertOk(syscalls().descriptors().fcntl(fd, Fcntl.F_SETFL, Fcntl.O_ASYNC | NONBLOCK));
    }

    @Test
    void shouldTellWhichDescriptorIsReady() {
        int records = watched();
        int[] pair = socketpair(SocketConstants.SOCK_STREAM);
        askForSignals(pair[0]);
        write(pair[1], "x");

        MemorySegment record = nextRecord(records);
        assertEquals(SignalConstants.POLL_IN, record.get(JAVA_INT, Signals.RECORD_CODE));
        assertEquals(pair[0], record.get(JAVA_INT, Signals.RECORD_FD));
        int band = record.get(JAVA_INT, Signals.RECORD_BAND);
        assertTrue((band & PollConstants.POLLIN) != 0, Integer.toHexString(band));
        assertEquals(0, record.get(JAVA_LONG, Signals.RECORD_VALUE));
    }

    @Test
    void shouldNameNoDescriptorWhereTheSignalNamesNone() {
        int records = watched();
        assertOk(syscalls().processes().kill(syscalls().processes().getpid(), FREE_SIGNAL));

        MemorySegment record = nextRecord(records);
        assertEquals(SignalConstants.SI_USER, record.get(JAVA_INT, Signals.RECORD_CODE));
        assertEquals(-1, record.get(JAVA_INT, Signals.RECORD_FD));
    }

    @Test
    void shouldCountWhatFindsThePipeFull() {
        int[] pipe = pipe(NONBLOCK);
        assertOk(calls().rf_siginfo_watch(FREE_SIGNAL, pipe[1]));
        assertEquals(0, calls().rf_siginfo_crowded(FREE_SIGNAL));
        MemorySegment zeros = bytes(4096);
        while (syscalls().descriptors().write(pipe[1], zeros.address(), 4096) > 0) {
            // Until it is full.
        }
        assertOk(syscalls().processes().kill(syscalls().processes().getpid(), FREE_SIGNAL));
        int crowded = 0;
        // The handler may run on another thread; the test's time-out is the deadline.
        while (crowded == 0) {
            Thread.onSpinWait();
            crowded = calls().rf_siginfo_crowded(FREE_SIGNAL);
        }
        assertEquals(1, crowded);
        assertEquals(0, calls().rf_siginfo_crowded(FREE_SIGNAL));
    }

    @Test
    void shouldLeaveSignalsToTheirOwners() {
        int[] pipe = pipe(NONBLOCK);
        // The virtual machine suspends threads by it.
        assertErrno(Errno.EBUSY, calls().rf_siginfo_watch(ProcessConstants.SIGUSR2, pipe[1]));
        assertErrno(Errno.EINVAL, calls().rf_siginfo_watch(SIGNAL_OF_GLIBC, pipe[1]));
        assertErrno(Errno.EINVAL, calls().rf_siginfo_watch(ProcessConstants.SIGSEGV, pipe[1]));
    }

    @Test
    void shouldRefuseWhatIsNoNonblockingPipe() {
        int[] pair = socketpair(SocketConstants.SOCK_STREAM | SocketConstants.SOCK_NONBLOCK);
        assertErrno(Errno.EINVAL, calls().rf_siginfo_watch(FREE_SIGNAL, pair[0]));
        assertErrno(Errno.EINVAL, calls().rf_siginfo_watch(FREE_SIGNAL, pipe(0)[1]));
        assertErrno(Errno.EBADF, calls().rf_siginfo_watch(FREE_SIGNAL, -1));
    }

    @Test
    void shouldDiscardWhatIsIgnored() {
        int records = watched();
        assertOk(calls().rf_signal_ignore(FREE_SIGNAL));
        assertOk(syscalls().processes().kill(syscalls().processes().getpid(), FREE_SIGNAL));

        MemorySegment record = bytes(Signals.RECORD_BYTES);
        assertErrno(
                Errno.EAGAIN,
                syscalls().descriptors().read(records, record.address(), Signals.RECORD_BYTES));
    }

    @Test
    void shouldWriteOneByteForEachDelivery() {
        int[] pipe = pipe(NONBLOCK);
        assertOk(calls().rf_signal_watch(FREE_SIGNAL, pipe[1]));
        assertOk(syscalls().processes().kill(syscalls().processes().getpid(), FREE_SIGNAL));

        awaitReadable(pipe[0]);
        MemorySegment room = bytes(2);
        assertEquals(1, syscalls().descriptors().read(pipe[0], room.address(), 2));
        assertEquals(FREE_SIGNAL, room.get(JAVA_BYTE, 0));
    }

    @Test
    void shouldEndAWatchByTheDefault() {
        int[] pipe = pipe(NONBLOCK);
        assertOk(calls().rf_signal_watch(ProcessConstants.SIGURG, pipe[1]));
        assertOk(calls().rf_signal_default(ProcessConstants.SIGURG));
        assertOk(
                syscalls()
                        .processes()
                        .kill(syscalls().processes().getpid(), ProcessConstants.SIGURG));

        MemorySegment room = bytes(1);
        assertErrno(Errno.EAGAIN, syscalls().descriptors().read(pipe[0], room.address(), 1));
    }

    @Test
    void shouldRefuseToWatchWhatCannotBeWatched() {
        int[] pipe = pipe(NONBLOCK);
        assertErrno(Errno.EINVAL, calls().rf_signal_watch(ProcessConstants.SIGKILL, pipe[1]));
        assertErrno(Errno.EINVAL, calls().rf_signal_watch(FREE_SIGNAL, pipe(0)[1]));
        assertErrno(Errno.EBADF, calls().rf_signal_watch(FREE_SIGNAL, -1));
        assertErrno(Errno.EINVAL, calls().rf_signal_default(ProcessConstants.SIGSEGV));
    }
}
