// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings.calls;

import java.nio.file.Path;
import java.util.List;

/** One way to reach functions of C from Java. Safe for use by many threads. */
public interface Provider {

    /** The provider's name, as in {@code -Dringfork.bindings}. */
    String name();

    /**
     * The functions of a shared library, which is loaded for good.
     *
     * @throws IllegalArgumentException if the system refuses to load it
     * @throws UnsatisfiedLinkError for the same reason
     */
    Functions open(Path library);

    /**
     * The ways into the kernel, the best one first: a call goes through the first that has it.
     *
     * @param library libringfork, loaded by {@link #open} when it is first asked for
     * @throws IllegalStateException if there is no way here: the message names the remedy
     */
    List<Door> doors(RingforkLibrary library);
}
