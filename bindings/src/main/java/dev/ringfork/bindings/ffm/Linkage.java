// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings.ffm;

import dev.ringfork.bindings.Platform;
import java.lang.invoke.MethodHandle;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How calls reach the kernel here, decided once at start.
 *
 * <p>On Linux by stubs, or by libringfork where stubs are refused, or by the C library; on macOS by
 * the C library, with a stand-in for what it lacks. {@code -Dringfork.ffm.door=stub|library|libc}
 * chooses, for tests and measurements. Immutable and safe for use by many threads.
 */
final class Linkage {

    private static final String PROPERTY = "ringfork.ffm.door";
    private static @Nullable Linkage current;

    private final Platform platform = Platform.current();
    private final Door libc;
    private final Door door;

    /**
     * @param wanted auto, or the name of a door
     * @param libc what the other doors are opened with, and what serves where they cannot
     */
    Linkage(String wanted, Door libc) {
        Native.requireAccess();
        this.libc = libc;
        door =
                switch (wanted) {
                    case "auto" -> best();
                    case "stub" -> StubDoor.open(libc);
                    case "library" -> LibraryDoor.open();
                    case "libc" -> libc;
                    default ->
                            throw new IllegalStateException(
                                    "-D%s=%s: there are auto, stub, library and libc"
                                            .formatted(PROPERTY, wanted));
                };
    }

    /**
     * The linkage of this process, opened at the first call.
     *
     * @throws IllegalStateException if the door asked for cannot be used here
     * @throws IllegalCallerException if native access is denied to this module
     */
    static synchronized Linkage current() {
        if (current == null) {
            String wanted = System.getProperty(PROPERTY, "auto");
            current = new Linkage(wanted, new LibcDoor(Platform.current()));
        }
        return current;
    }

    private Door best() {
        if (!platform.linux()) {
            return libc;
        }
        try {
            return platform == Platform.LINUX_X86_64 ? StubDoor.open(libc) : LibraryDoor.open();
        } catch (IllegalStateException refused) {
            return secondBest();
        }
    }

    private Door secondBest() {
        try {
            return LibraryDoor.open();
        } catch (IllegalStateException absent) {
            return libc;
        }
    }

    /** The name of the door that system calls go through. */
    String door() {
        return door.name();
    }

    Call link(Prototype prototype) {
        MethodHandle standIn = platform.macos() ? Darwin.standIn(prototype.name()) : null;
        return standIn == null ? linkItself(prototype) : new Call(prototype.name(), standIn);
    }

    Call linkItself(Prototype prototype) {
        for (Door way : List.of(door, libc)) {
            MethodHandle handle = way.find(prototype);
            if (handle != null) {
                return new Call(prototype.name(), handle);
            }
        }
        return Call.absent(prototype.name());
    }
}
