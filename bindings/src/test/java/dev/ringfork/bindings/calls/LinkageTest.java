// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings.calls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.Platform;
import dev.ringfork.bindings.Syscalls;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;

class LinkageTest {

    private final Platform platform = Platform.current();

    @Test
    void shouldLinkThroughTheDoorAskedFor() {
        Doors.syscalls();
        assumeTrue(!Doors.ASKED.equals("auto"), "the door is chosen by itself in this run");
        assertEquals(Doors.ASKED, Linkage.current().door());
    }

    @Test
    void shouldTellWhichCallsAreMissing() {
        Syscalls syscalls = Doors.syscalls();
        assumeTrue(platform.linux(), "what Linux lacks");
        assertNull(syscalls.absence("accept4"));
        assertNull(syscalls.absence("pidfd_open"));
        assertEquals("Linux has no kqueue: use epoll", syscalls.absence("kqueue"));
        assertEquals("Ringfork has no call named fork", syscalls.absence("fork"));
        assertEquals("macOS has no epoll: use kqueue", Absences.onMacos("epoll_ctl"));
        assertEquals("macOS has no io_uring: use kqueue", Absences.onMacos("io_uring_setup"));
        assertNull(Absences.onMacos("kevent"));
    }

    @Test
    void shouldTellWhyThereAreNoRings() {
        assertNull(Absences.noRing(-Errno.EFAULT));
        assertEquals(
                "io_uring_setup(2) gives EPERM; sysctl kernel.io_uring_disabled, or seccomp?",
                Absences.noRing(-Errno.EPERM));
        assertEquals(
                "io_uring_setup(2) gives ENOSYS; seccomp, or a kernel without it?",
                Absences.noRing(-Errno.ENOSYS));
    }

    @Test
    void shouldReturnEnosysForACallThatNoDoorHas() {
        Call none = Prototype.plain("no_such_call").link();
        assertEquals(-Errno.ENOSYS, none.call(1, 2, 3));
    }

    @Test
    void shouldRefuseMemoryOfTheHeap() {
        assertThrows(
                IllegalArgumentException.class,
                () -> Native.address(MemorySegment.ofArray(new int[1])));
    }
}
