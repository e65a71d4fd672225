// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings.calls;

import java.lang.invoke.MethodHandle;
import org.jspecify.annotations.Nullable;

/** One way from Java into the kernel. */
public interface Door {

    /** The door's name, as in {@code -Dringfork.ffm.door}. */
    String name();

    /** A handle of {@link Native#TYPE}, or null when the call cannot be reached this way. */
    @Nullable MethodHandle find(Prototype call);
}
