// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings.jna;

import com.sun.jna.NativeLibrary;
import dev.ringfork.bindings.Platform;
import dev.ringfork.bindings.calls.Door;
import dev.ringfork.bindings.calls.FixedArguments;
import dev.ringfork.bindings.calls.Functions;
import dev.ringfork.bindings.calls.LibcDoor;
import dev.ringfork.bindings.calls.Provider;
import dev.ringfork.bindings.calls.RingforkLibrary;
import java.nio.file.Path;
import java.util.List;

/** Calls by JNA. Immutable and safe for use by many threads. */
public final class JnaProvider implements Provider {

    @Override
    public String name() {
        return "jna";
    }

    @Override
    public Functions open(Path library) {
        return new JnaFunctions(NativeLibrary.getInstance(library.toString()));
    }

    @Override
    public List<Door> doors(RingforkLibrary library) {
        Platform platform = Platform.current();
        Functions libc = new JnaFunctions(NativeLibrary.getProcess());
        return List.of(new LibcDoor(new FixedArguments(libc, platform), platform));
    }
}
