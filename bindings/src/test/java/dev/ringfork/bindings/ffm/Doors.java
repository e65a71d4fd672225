// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings.ffm;

import static org.junit.jupiter.api.Assumptions.abort;

import dev.ringfork.bindings.Platform;
import dev.ringfork.bindings.Syscalls;
import dev.ringfork.natives.NativeLibrary;

/** The provider under test: the build runs these tests once a door, by -Dringfork.ffm.door. */
final class Doors {

    static final String ASKED = System.getProperty("ringfork.ffm.door", "auto");

    private Doors() {}

    /** The provider behind the door asked for; without libringfork its door is skipped. */
    static Syscalls syscalls() {
        if (ASKED.equals("library")
                && NativeLibrary.find(Platform.current().key())
                        instanceof NativeLibrary.Absent absent) {
            abort(absent.reason());
        }
        return Syscalls.get();
    }
}
