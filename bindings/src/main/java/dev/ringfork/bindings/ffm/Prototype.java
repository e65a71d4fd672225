// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings.ffm;

import dev.ringfork.bindings.Errno;

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
record Prototype(String name, String symbol, Result result, boolean critical) {

    /** What a function of the C library returns. */
    enum Result {
        /** An int, -1 with errno set. */
        INT,
        /** A long, a ssize_t or an address, -1 with errno set. */
        LONG,
        /** The error itself, or 0; the function is no system call. */
        ERROR
    }

    /** A call that may wait. */
    static Prototype plain(String name) {
        return new Prototype(name, name, Result.INT, false);
    }

    /** A call that can never wait, whatever its arguments. */
    static Prototype critical(String name) {
        return new Prototype(name, name, Result.INT, true);
    }

    /** A function of the C library alone, which returns the error. */
    static Prototype library(String name) {
        return new Prototype(name, name, Result.ERROR, false);
    }

    /** The same, called otherwise in the C library. */
    Prototype symbol(String other) {
        return new Prototype(name, other, result, critical);
    }

    /** The same, with a result of 64 bits. */
    Prototype wide() {
        return new Prototype(name, symbol, Result.LONG, critical);
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
