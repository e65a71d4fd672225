// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.proactor;

/** What is called when an operation completes. On the proactor's thread, one call at a time. */
@FunctionalInterface
public interface CompletionHandler {

    /**
     * The operation has completed, or one of many times if it is {@link Operation#inFlight} still.
     * When it is not, it may be begun anew at once.
     *
     * @param result as that of the system call: a count or a descriptor, or {@code -errno}; {@code
     *     -ECANCELED} if it was cancelled in time
     * @param flags {@code IORING_CQE_F_…} bits, the buffer's number in the upper half
     */
    void completed(Operation operation, int result, int flags);
}
