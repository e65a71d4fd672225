// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings.ffm;

import dev.ringfork.bindings.Platform;
import dev.ringfork.bindings.calls.Door;
import dev.ringfork.bindings.calls.Functions;
import dev.ringfork.bindings.calls.LibcDoor;
import dev.ringfork.bindings.calls.LibraryDoor;
import dev.ringfork.bindings.calls.Provider;
import dev.ringfork.bindings.calls.RingforkLibrary;
import java.nio.file.Path;
import java.util.List;

/**
 * Calls over {@code java.lang.foreign}. Immutable and safe for use by many threads.
 *
 * <p>On Linux by stubs, or by libringfork where stubs are refused and on 64-bit Arm, or by the C
 * library; on macOS by the C library. {@code -Dringfork.ffm.door=stub|library|libc} chooses, for
 * tests and measurements.
 */
public final class FfmProvider implements Provider {

    private static final String PROPERTY = "ringfork.ffm.door";

    private final Platform platform = Platform.current();
    private final String wanted;
    private final Door libc;

    /** The provider with the door that the system property names. */
    public FfmProvider() {
        this(
                System.getProperty(PROPERTY, "auto"),
                new LibcDoor(FfmFunctions.LIBC, Platform.current()));
    }

    /**
     * A provider for tests.
     *
     * @param wanted auto, or the name of a door
     * @param libc what the other doors are opened with, and what serves where they cannot
     */
    FfmProvider(String wanted, Door libc) {
        this.wanted = wanted;
        this.libc = libc;
    }

    @Override
    public String name() {
        return "ffm";
    }

    @Override
    public Functions open(Path library) {
        return FfmFunctions.open(library);
    }

    @Override
    public List<Door> doors(RingforkLibrary library) {
        Door door =
                switch (wanted) {
                    case "auto" -> best(library);
                    case "stub" -> StubDoor.open(libc);
                    case "library" -> LibraryDoor.open(library);
                    case "libc" -> libc;
                    default ->
                            throw new IllegalStateException(
                                    "-D%s=%s: there are auto, stub, library and libc"
                                            .formatted(PROPERTY, wanted));
                };
        return List.of(door, libc);
    }

    private Door best(RingforkLibrary library) {
        if (platform != Platform.LINUX_X86_64) {
            return secondBest(library);
        }
        try {
            return StubDoor.open(libc);
        } catch (IllegalStateException refused) {
            return secondBest(library);
        }
    }

    private Door secondBest(RingforkLibrary library) {
        try {
            return LibraryDoor.open(library);
        } catch (IllegalStateException absent) {
            return libc;
        }
    }
}
