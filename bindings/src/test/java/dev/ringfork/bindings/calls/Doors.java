// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings.calls;

import static org.junit.jupiter.api.Assumptions.abort;

import dev.ringfork.bindings.Platform;
import dev.ringfork.bindings.Syscalls;
import dev.ringfork.natives.NativeLibrary;

/**
 * The provider under test: the build runs these tests once a provider, by -Dringfork.bindings, and
 * ffm's once a door, by -Dringfork.ffm.door.
 */
final class Doors {

    static final String PROVIDER = System.getProperty("ringfork.bindings", "ffm");
    static final String ASKED = System.getProperty("ringfork.ffm.door", "auto");

    private static final String WHY_NO_LIBRARY = whyNoLibrary();

    private Doors() {}

    /** The provider behind the door asked for; without libringfork what needs it is skipped. */
    static Syscalls syscalls() {
        boolean needed = ASKED.equals("library") || PROVIDER.equals("jni");
        if (needed && !WHY_NO_LIBRARY.isEmpty()) {
            abort(WHY_NO_LIBRARY);
        }
        return Syscalls.get();
    }

    /** The provider's door to the C library. */
    static Door libc() {
        syscalls();
        Provider provider = Providers.open(PROVIDER);
        return provider.doors(new RingforkLibrary(provider::open)).getLast();
    }

    // Asked once: each answer copies the library to a folder that has to be closed again.
    private static String whyNoLibrary() {
        return switch (NativeLibrary.find(Platform.current().key())) {
            case NativeLibrary.Absent absent -> absent.reason();
            case NativeLibrary.Present present -> {
                present.close();
                yield "";
            }
        };
    }
}
