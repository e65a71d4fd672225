// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.process;

import java.time.Duration;
import java.util.List;

/**
 * What a fork is to do besides. Immutable.
 *
 * @param kept descriptors that the child shares as they are, whatever they are
 * @param closed descriptors that the child is not to have
 * @param sibling whether the child is a child of this process's parent, who then reaps it
 * @param freezeLimit how long the other threads may take to stop
 */
public record ForkRequest(
        List<Integer> kept, List<Integer> closed, boolean sibling, Duration freezeLimit) {

    /** A child of this process, with all descriptors. */
    public static final ForkRequest DEFAULT =
            new ForkRequest(List.of(), List.of(), false, Duration.ofSeconds(5));

    /** Keeps copies of the lists. */
    public ForkRequest {
        kept = List.copyOf(kept);
        closed = List.copyOf(closed);
    }

    /** The same with other descriptors that are shared as they are. */
    public ForkRequest keeping(List<Integer> fds) {
        return new ForkRequest(fds, closed, sibling, freezeLimit);
    }

    /** The same without descriptors in the child. */
    public ForkRequest closing(List<Integer> fds) {
        return new ForkRequest(kept, fds, sibling, freezeLimit);
    }

    /** The same for a child of this process's parent. */
    public ForkRequest asSibling() {
        return new ForkRequest(kept, closed, true, freezeLimit);
    }
}
