// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings.contract;

import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.Kqueue;
import dev.ringfork.bindings.Platform;
import dev.ringfork.bindings.abi.KqueueConstants;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;

/** What every provider's {@link Kqueue} has to keep; on Linux, that it says it is not there. */
public abstract class KqueueContract extends SyscallsContract {

    private static final int KEVENT_BYTES = 32;
    private static final int FILTER = 8;
    private static final int FLAGS = 10;
    private static final int DATA = 16;

    private Kqueue calls() {
        return syscalls().kqueue();
    }

    @Test
    void shouldSayThatItIsAbsentOnLinux() {
        assumeTrue(Platform.current().linux(), "macOS has kqueue");
        assertErrno(Errno.ENOSYS, calls().kqueue());
        assertErrno(Errno.ENOSYS, calls().kevent(0, 0, 0, 0, 0, 0));
        assertErrno(Errno.ENOSYS, calls().kevent(0, 0, 0, 0, 0, -1));
        assertNotNull(syscalls().absence("kqueue"));
        assertNotNull(syscalls().absence("kevent"));
    }

    @Test
    void shouldReportHowMuchThereIsToRead() {
        String absence = syscalls().absence("kqueue");
        assumeTrue(absence == null, absence);
        int kq = opened(calls().kqueue());
        assertTrue(cloexec(kq));
        int[] pipe = pipe(0);
        MemorySegment event = bytes(KEVENT_BYTES);
        event.set(JAVA_LONG, 0, pipe[0]);
        event.set(ValueLayout.JAVA_SHORT, FILTER, (short) KqueueConstants.EVFILT_READ);
        event.set(ValueLayout.JAVA_SHORT, FLAGS, (short) KqueueConstants.EV_ADD);
        assertEquals(0, calls().kevent(kq, event.address(), 1, 0, 0, 0));
        write(pipe[1], "four");
        assertEquals(1, calls().kevent(kq, 0, 0, event.address(), 1, -1));
        assertEquals(pipe[0], event.get(JAVA_LONG, 0));
        assertEquals(4, event.get(JAVA_LONG, DATA));
    }
}
