// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings.calls;

import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.abi.Variadic;

/**
 * What a call is, before it is linked: its names and how it behaves. Immutable.
 *
 * @param name the kernel's name, under which {@link dev.ringfork.bindings.abi.SyscallNumbers} has
 *     its number
 * @param symbol the C library's name
 * @param result what the C library's function returns
 * @param critical whether the call can never wait. A critical call skips the change of thread
 *     state, one or two nanoseconds, and no safepoint of the JVM passes while it runs: a garbage
 *     collection waits for it. So a call that may wait on any descriptor whatever (a pipe, a
 *     terminal, a file, a lock) is plain, also where its usual descriptors do not block
 */
public record Prototype(String name, String symbol, Shape.Result result, boolean critical) {

    /** A call that may wait. */
    public static Prototype plain(String name) {
        return new Prototype(name, name, Shape.Result.INT, false);
    }

    /** A call that can never wait, whatever its arguments. */
    static Prototype critical(String name) {
        return new Prototype(name, name, Shape.Result.INT, true);
    }

    /** A function of the C library alone, which returns the error. */
    static Prototype library(String name) {
        return new Prototype(name, name, Shape.Result.ERROR, false);
    }

    /** The same, called otherwise in the C library. */
    Prototype symbol(String other) {
        return new Prototype(name, other, result, critical);
    }

    /** The same, with a result of 64 bits. */
    public Prototype wide() {
        return new Prototype(name, symbol, Shape.Result.LONG, critical);
    }

    /** Whether it is a system call, which may be made without the C library. */
    public boolean systemCall() {
        return result != Shape.Result.ERROR;
    }

    /** How the C library's function is called. */
    Shape shape() {
        return new Shape(Native.ARGUMENTS, result, Variadic.firstArgument(symbol), critical);
    }

    /**
     * Links it, or what stands in for it on macOS. Where the platform has neither, the call returns
     * {@code -}{@link Errno#ENOSYS}.
     */
    Call link() {
        return Linkage.current().link(this);
    }

    /** Links the call itself, for those who write the stand-ins. */
    Call linkItself() {
        return Linkage.current().linkItself(this);
    }
}
