// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings.calls;

import dev.ringfork.bindings.Platform;
import dev.ringfork.natives.NativeLibrary;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * libringfork, loaded once when it is first asked for. Safe for use by many threads.
 *
 * <p>Once, because its handlers have tables: a second copy would not know what the first watches.
 */
public final class RingforkLibrary {

    private final Function<Path, Functions> loader;
    private @Nullable Functions loaded;

    /** The library, for a provider to load. */
    public RingforkLibrary(Function<Path, Functions> loader) {
        this.loader = loader;
    }

    /**
     * The functions of the library.
     *
     * @throws IllegalStateException if it cannot be had: the message says why
     */
    public synchronized Functions functions() {
        try {
            if (loaded == null) {
                loaded = load();
            }
            return loaded;
        } catch (IllegalArgumentException | UnsatisfiedLinkError refused) {
            throw cannotBeLoaded(String.valueOf(refused.getMessage()), refused);
        }
    }

    /**
     * A function of the library.
     *
     * @throws IllegalStateException if the library, or one with that function, cannot be had: the
     *     message says why
     */
    public MethodHandle find(String function, Shape shape) {
        MethodHandle handle = functions().find(function, shape);
        if (handle == null) {
            throw cannotBeLoaded("it has no " + function, null);
        }
        return handle;
    }

    /** A call of a function of the library; without it, one that returns {@code -ENOSYS}. */
    Call link(String function) {
        try {
            return new Call(function, find(function));
        } catch (IllegalStateException missing) {
            return Call.absent(function);
        }
    }

    /** Why a function is missing, or null when it is there. */
    @Nullable String absence(String function) {
        try {
            find(function);
            return null;
        } catch (IllegalStateException missing) {
            return missing.getMessage();
        }
    }

    private MethodHandle find(String function) {
        return find(function, Shape.settled(Native.ARGUMENTS, false));
    }

    @SuppressWarnings("restricted") // The module asks its user.
    private Functions load() {
        return switch (NativeLibrary.find(Platform.current().key())) {
            case NativeLibrary.Present library -> {
                try (library) {
                    Functions functions = loader.apply(library.path());
                    // Native methods of this module are found in it from here on.
                    System.load(library.path().toString());
                    yield functions;
                }
            }
            case NativeLibrary.Absent absent -> throw new IllegalStateException(absent.reason());
        };
    }

    private static IllegalStateException cannotBeLoaded(String reason, @Nullable Throwable cause) {
        return new IllegalStateException("libringfork cannot be loaded: " + reason, cause);
    }
}
