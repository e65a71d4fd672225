// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings.ffm;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.Platform;
import dev.ringfork.bindings.Syscalls;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class LinkageTest {

    private final Platform platform = Platform.current();
    private final LibcDoor libc = new LibcDoor(platform);

    private static long call(MethodHandle handle, long a) {
        return new Call("test", handle).call(a);
    }

    @Test
    void shouldUseTheDoorAskedFor() {
        Doors.syscalls();
        assumeTrue(!Doors.ASKED.equals("auto"), "the door is chosen by itself in this run");
        assertEquals(Doors.ASKED, FfmSyscalls.door());
    }

    @Test
    void shouldChooseTheStubsWhereTheyCanBe() {
        assumeTrue(Doors.ASKED.equals("auto"), "a door is asked for in this run");
        Doors.syscalls();
        assumeTrue(platform == Platform.LINUX_X86_64, "stubs are for x86-64 Linux");
        assertEquals("stub", FfmSyscalls.door());
    }

    /** The C library on a system that refuses to make written memory executable. */
    private Door refusing() {
        MethodHandle refusal = MethodHandles.constant(long.class, (long) -Errno.EACCES);
        MethodHandle mprotect =
                MethodHandles.dropArguments(refusal, 0, Native.TYPE.parameterList());
        return new Door() {
            @Override
            public String name() {
                return "libc";
            }

            @Override
            public @Nullable MethodHandle find(Prototype call) {
                return call.name().equals("mprotect") ? mprotect : libc.find(call);
            }
        };
    }

    @Test
    void shouldSayWhyThereAreNoStubs() {
        assumeTrue(platform == Platform.LINUX_X86_64, "stubs are for x86-64 Linux");
        IllegalStateException failure =
                assertThrows(IllegalStateException.class, () -> new Linkage("stub", refusing()));
        assertEquals(
                "this system forbids making written memory executable (mprotect: EACCES)",
                failure.getMessage());
    }

    @Test
    void shouldDoWithoutStubsWhereTheyAreRefused() {
        assumeTrue(platform == Platform.LINUX_X86_64, "stubs are for x86-64 Linux");
        Linkage linkage = new Linkage("auto", refusing());
        assertEquals(Doors.library() ? "library" : "libc", linkage.door());
        assertEquals(-Errno.EBADF, linkage.link(Prototype.plain("close")).call(-1));
    }

    @Test
    void shouldRefuseADoorThatDoesNotExist() {
        IllegalStateException failure =
                assertThrows(IllegalStateException.class, () -> new Linkage("window", libc));
        assertEquals(
                "-Dringfork.ffm.door=window: there are auto, stub, library and libc",
                failure.getMessage());
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
    void shouldReachByNumberWhatTheCLibraryDoesNotName() {
        assumeTrue(platform.linux(), "calls have numbers on Linux");
        MethodHandle unnamed = libc.find(Prototype.plain("kill").symbol("no_such_function"));
        assertNotNull(unnamed);
        assertEquals(-Errno.ESRCH, call(unnamed, Integer.MAX_VALUE));
    }

    @Test
    void shouldExtendTheSignOfAnIntAndKeepALong() {
        MethodHandle narrow = libc.find(Prototype.plain("close"));
        assertNotNull(narrow);
        assertEquals(-Errno.EBADF, call(narrow, -1));
        MethodHandle wide = libc.find(Prototype.plain("read").wide());
        assertNotNull(wide);
        assertEquals(-Errno.EBADF, call(wide, -1));
    }

    @Test
    void shouldNegateAnErrorThatIsReturned() {
        MethodHandle addclose = libc.find(Prototype.library("posix_spawn_file_actions_addclose"));
        assertNotNull(addclose);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment actions = arena.allocate(80, 8);
            assertEquals(-Errno.EBADF, new Call("addclose", addclose).call(actions.address(), -1));
        }
    }

    @Test
    void shouldKeepErrnoToTheThread() throws InterruptedException {
        MethodHandle close = libc.find(Prototype.plain("close"));
        assertNotNull(close);
        MemorySegment mine = ThreadMemory.state();
        call(close, -1);
        Thread other = Thread.ofPlatform().start(() -> ThreadMemory.state().set(JAVA_INT, 0, 0));
        other.join();
        assertEquals(Errno.EBADF, mine.get(JAVA_INT, 0));
    }

    @Test
    void shouldRefuseMemoryOfTheHeap() {
        assertThrows(
                IllegalArgumentException.class,
                () -> Native.address(MemorySegment.ofArray(new int[1])));
    }
}
