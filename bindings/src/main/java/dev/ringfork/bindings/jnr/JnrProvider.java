// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings.jnr;

import com.kenai.jffi.Library;
import dev.ringfork.bindings.Platform;
import dev.ringfork.bindings.abi.MappingConstants;
import dev.ringfork.bindings.abi.Symbols;
import dev.ringfork.bindings.calls.Call;
import dev.ringfork.bindings.calls.Door;
import dev.ringfork.bindings.calls.FixedArguments;
import dev.ringfork.bindings.calls.Functions;
import dev.ringfork.bindings.calls.LibcDoor;
import dev.ringfork.bindings.calls.Prototype;
import dev.ringfork.bindings.calls.Provider;
import dev.ringfork.bindings.calls.RingforkLibrary;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/** Calls by jnr-ffi. Immutable and safe for use by many threads. */
public final class JnrProvider implements Provider {

    private static final String MACHINE_CODE = "jnr.ffi.x86asm.enabled";

    static {
        // What jnr-ffi compiles for itself on x86-64 hands on a wrong sixth argument; without it
        // calls
        // take no longer. It asks when its classes are initialised.
        System.setProperty(MACHINE_CODE, "false");
    }

    @Override
    public String name() {
        return "jnr";
    }

    @Override
    public Functions open(Path library) {
        String name = library.toString();
        Library opened = Library.openLibrary(name, Library.NOW | Library.LOCAL);
        if (opened == null) {
            throw new UnsatisfiedLinkError(Library.getLastError());
        }
        return new JnrFunctions(name, opened, Set.of());
    }

    @Override
    public List<Door> doors(RingforkLibrary library) {
        Platform platform = Platform.current();
        Functions libc = new JnrFunctions("c", Library.getDefault(), Symbols.of(platform).names());
        Door door = new LibcDoor(new FixedArguments(libc, platform), platform);
        requireSixArguments(door);
        return List.of(door);
    }

    /** Maps a page: the sixth argument is an offset, and refused if it is not 0 as it should be. */
    private static void requireSixArguments(Door door) {
        int flags = MappingConstants.MAP_PRIVATE | MappingConstants.MAP_ANONYMOUS;
        long page = call(door, "mmap").call(0, 1, MappingConstants.PROT_NONE, flags, -1, 0);
        if (page < 0) {
            throw new IllegalStateException(
                    "somebody used jnr-ffi before Ringfork did: start java with -D%s=false"
                            .formatted(MACHINE_CODE));
        }
        call(door, "munmap").call(page, 1, 0, 0, 0, 0);
    }

    private static Call call(Door door, String name) {
        MethodHandle handle = door.find(Prototype.plain(name).wide());
        return new Call(name, Objects.requireNonNull(handle, name));
    }
}
