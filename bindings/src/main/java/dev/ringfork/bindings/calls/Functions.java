// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings.calls;

import java.lang.invoke.MethodHandle;
import org.jspecify.annotations.Nullable;

/** The functions of a shared library, as one provider calls them. Safe for use by many threads. */
public interface Functions {

    /**
     * A handle of {@link Shape#arguments} longs to the result or {@code -errno}.
     *
     * @param symbol the function's name
     * @param shape how it is called
     * @return the handle, or null if the library has no such function
     */
    @Nullable MethodHandle find(String symbol, Shape shape);
}
