// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.master;

import dev.ringfork.reactor.Reactor;
import org.jspecify.annotations.Nullable;

/** What of a running master is to be seen, and asked for. Confined to its loop's thread. */
public interface MasterView {

    /** The loop that it runs on. */
    Reactor reactor();

    /** How it is now. */
    MasterState state();

    /**
     * Asks for something as a signal would. What follows takes its time: watch for it.
     *
     * @param workers how many, for {@link Command#RESIZE} alone
     * @return null, or why nothing is done
     */
    @Nullable String ask(Command command, int workers);

    /** Sets who watches, in place of who did. */
    void observe(MasterObserver observer);
}
