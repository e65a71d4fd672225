// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings;

import org.jspecify.annotations.Nullable;

/**
 * A system call failed in a way that its caller did not expect.
 *
 * <p>The message says all there is to know: {@code bind 127.0.0.1:80: EACCES (permission denied)}.
 * Immutable.
 */
public final class SyscallException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String call;
    private final int errno;
    private final @Nullable String object;

    /**
     * @param call the name of the call
     * @param errno the error, positive
     * @param object what the call was about, or null
     */
    public SyscallException(String call, int errno, @Nullable Object object) {
        super(
                "%s%s: %s (%s)"
                        .formatted(
                                call,
                                object == null ? "" : " " + object,
                                Errno.name(errno),
                                Errno.text(errno)));
        this.call = call;
        this.errno = errno;
        this.object = object == null ? null : object.toString();
    }

    /** The name of the call. */
    public String call() {
        return call;
    }

    /** The error, positive: compare it with the constants of {@link Errno}. */
    public int errno() {
        return errno;
    }

    /** The name of the error, {@code EACCES} for instance. */
    public String name() {
        return Errno.name(errno);
    }

    /** What the error means, in a few words. */
    public String text() {
        return Errno.text(errno);
    }

    /** What the call was about, or null. */
    public @Nullable String object() {
        return object;
    }
}
