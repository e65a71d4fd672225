// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings.jni;

import dev.ringfork.bindings.Platform;
import dev.ringfork.bindings.calls.Door;
import dev.ringfork.bindings.calls.Functions;
import dev.ringfork.bindings.calls.LibcDoor;
import dev.ringfork.bindings.calls.LibraryDoor;
import dev.ringfork.bindings.calls.Provider;
import dev.ringfork.bindings.calls.RingforkLibrary;
import java.nio.file.Path;
import java.util.List;

/** Calls by native methods of libringfork. Immutable and safe for use by many threads. */
public final class JniProvider implements Provider {

    @Override
    public String name() {
        return "jni";
    }

    @Override
    @SuppressWarnings("restricted") // The native methods are in there: the module asks its user.
    public Functions open(Path library) {
        System.load(library.toString());
        return JniFunctions.of(library);
    }

    @Override
    public List<Door> doors(RingforkLibrary library) {
        // Before its native methods are called.
        library.functions();
        Platform platform = Platform.current();
        Door libc = new LibcDoor(JniFunctions.libc(), platform);
        return platform.linux()
                ? List.of(new LibraryDoor(_ -> JniFunctions.syscall(), platform), libc)
                : List.of(libc);
    }
}
