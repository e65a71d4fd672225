// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings.calls;

import dev.ringfork.bindings.Platform;
import java.lang.invoke.MethodHandle;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How calls reach the kernel in this process, decided once at start.
 *
 * <p>By the doors of the provider; on macOS with a stand-in for what it lacks. Immutable and safe
 * for use by many threads.
 */
final class Linkage {

    private static @Nullable Linkage current;

    private final Platform platform = Platform.current();
    private final String provider;
    private final RingforkLibrary library;
    private final List<Door> doors;

    /**
     * Opens the doors of a provider.
     *
     * @throws IllegalStateException if it has none here: the message names the remedy
     * @throws IllegalCallerException if native access is denied to this module
     */
    Linkage(Provider provider) {
        Native.requireAccess();
        this.provider = provider.name();
        library = new RingforkLibrary(provider::open);
        doors = provider.doors(library);
    }

    /**
     * The linkage of this process, opened at the first call; a failure is reported again at the
     * next one.
     *
     * @throws IllegalStateException if the provider asked for cannot be used here
     */
    static synchronized Linkage current() {
        if (current == null) {
            current = Providers.link();
        }
        return current;
    }

    /** The name of the provider. */
    String provider() {
        return provider;
    }

    /** The name of the door that system calls go through. */
    String door() {
        return doors.getFirst().name();
    }

    /** libringfork, loaded by the provider. */
    RingforkLibrary library() {
        return library;
    }

    Call link(Prototype prototype) {
        MethodHandle standIn = platform.macos() ? Darwin.standIn(prototype.name()) : null;
        return standIn == null ? linkItself(prototype) : new Call(prototype.name(), standIn);
    }

    Call linkItself(Prototype prototype) {
        MethodHandle handle = find(prototype);
        return handle == null ? Call.absent(prototype.name()) : new Call(prototype.name(), handle);
    }

    /** The call through the first door that has it, or null. */
    @Nullable MethodHandle find(Prototype prototype) {
        for (Door door : doors) {
            MethodHandle handle = door.find(prototype);
            if (handle != null) {
                return handle;
            }
        }
        return null;
    }
}
