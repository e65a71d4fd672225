// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings.ffm;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.Platform;
import dev.ringfork.bindings.calls.Call;
import dev.ringfork.bindings.calls.Door;
import dev.ringfork.bindings.calls.LibcDoor;
import dev.ringfork.bindings.calls.Native;
import dev.ringfork.bindings.calls.Prototype;
import dev.ringfork.bindings.calls.RingforkLibrary;
import dev.ringfork.natives.NativeLibrary;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class FfmProviderTest {

    private final Platform platform = Platform.current();
    private final RingforkLibrary library = new RingforkLibrary(FfmFunctions::open);
    private final Door libc = new LibcDoor(FfmFunctions.LIBC, platform);

    private static long close(Door door) {
        MethodHandle close = door.find(Prototype.plain("close"));
        assertNotNull(close);
        return new Call("close", close).call(-1, 0, 0, 0, 0, 0);
    }

    private static boolean packed() {
        return switch (NativeLibrary.find(Platform.current().key())) {
            case NativeLibrary.Absent _ -> false;
            case NativeLibrary.Present present -> {
                present.close();
                yield true;
            }
        };
    }

    @Test
    void shouldUseTheDoorAskedFor() {
        assertEquals("libc", new FfmProvider("libc", libc).doors(library).getFirst().name());
        assumeTrue(packed() && platform.linux(), "no libringfork here that makes system calls");
        assertEquals("library", new FfmProvider("library", libc).doors(library).getFirst().name());
    }

    @Test
    void shouldChooseTheStubsWhereTheyCanBe() {
        assumeTrue(platform == Platform.LINUX_X86_64, "stubs are for x86-64 Linux");
        assertEquals("stub", new FfmProvider("auto", libc).doors(library).getFirst().name());
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
        FfmProvider provider = new FfmProvider("stub", refusing());
        IllegalStateException failure =
                assertThrows(IllegalStateException.class, () -> provider.doors(library));
        assertEquals(
                "this system forbids making written memory executable (mprotect: EACCES)",
                failure.getMessage());
    }

    @Test
    void shouldDoWithoutStubsWhereTheyAreRefused() {
        assumeTrue(platform == Platform.LINUX_X86_64, "stubs are for x86-64 Linux");
        Door door = new FfmProvider("auto", refusing()).doors(library).getFirst();
        assertEquals(packed() ? "library" : "libc", door.name());
        assertEquals(-Errno.EBADF, close(door));
    }

    @Test
    void shouldRefuseADoorThatDoesNotExist() {
        FfmProvider provider = new FfmProvider("window", libc);
        IllegalStateException failure =
                assertThrows(IllegalStateException.class, () -> provider.doors(library));
        assertEquals(
                "-Dringfork.ffm.door=window: there are auto, stub, library and libc",
                failure.getMessage());
    }

    @Test
    void shouldKeepErrnoToTheThread() throws InterruptedException {
        MemorySegment mine = ThreadState.current();
        assertEquals(-Errno.EBADF, close(libc));
        Thread other = Thread.ofPlatform().start(() -> ThreadState.current().set(JAVA_INT, 0, 0));
        other.join();
        assertEquals(Errno.EBADF, mine.get(JAVA_INT, 0));
    }
}
