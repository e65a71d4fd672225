// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings.abi;

import java.util.Set;

/**
 * Which functions of C take a variable number of arguments, and from where.
 *
 * <p>Apple's arm64 passes every variadic argument on the stack: {@code fcntl} called as if it took
 * three fixed arguments reads garbage there. A linker has to be told ({@code
 * Linker.Option.firstVariadicArg}). On the other platforms telling it moves nothing, so it is told
 * everywhere and what the tests of one platform cover holds for all. Immutable.
 */
public final class Variadic {

    /** What {@link #firstArgument} returns for a function with a fixed number of arguments. */
    public static final int NONE = -1;

    private Variadic() {}

    /** The index of the first variadic argument of a function, or {@link #NONE}. */
    public static int firstArgument(String function) {
        return switch (function) {
            case "syscall", "prctl" -> 1;
            case "open", "fcntl", "ioctl" -> 2;
            case "openat" -> 3;
            default -> NONE;
        };
    }

    /** The names of all variadic functions that this library calls. */
    public static Set<String> functions() {
        return Set.of("syscall", "prctl", "open", "fcntl", "ioctl", "openat");
    }
}
