// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings.faults;

import dev.ringfork.bindings.Errno;

/**
 * A fault that was injected. Immutable.
 *
 * @param call the name of the call
 * @param number which call of that name it was, from 1 on
 * @param errno the error, or 0 for a count that was cut
 * @param count what the count was cut to, or 0 for an error
 */
public record Injection(String call, long number, int errno, long count) {

    @Override
    public String toString() {
        String what = errno == 0 ? "cut to " + count : Errno.name(errno);
        return "%s #%d: %s".formatted(call, number, what);
    }
}
