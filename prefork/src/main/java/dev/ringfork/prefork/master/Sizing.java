// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.master;

import java.util.List;

/** By what rule there are too many workers or too few. Confined to the master's thread. */
interface Sizing {
    /** As many as were asked for, always. */
    Sizing FIXED =
            new Sizing() {
                @Override
                public List<WorkerHandle> surplus(Roster roster, int most, long nowNs) {
                    return roster.all().stream()
                            .filter(worker -> worker.slot >= most && !worker.leaving)
                            .toList();
                }

                @Override
                public int missing(Roster roster, int most, long nowNs) {
                    int missing = 0;
                    for (int slot = 0; slot < most; slot++) {
                        missing += roster.occupied(slot) ? 0 : 1;
                    }
                    return missing;
                }
            };

    /**
     * Those that are to be let go. The first question after an input.
     *
     * @param most how many are wanted, or at most
     */
    List<WorkerHandle> surplus(Roster roster, int most, long nowNs);

    /** How many are to be started now; who asks starts them. */
    int missing(Roster roster, int most, long nowNs);

    /** When to ask again at the latest, after {@link #surplus} and {@link #missing}. */
    default long nextNs() {
        return WorkerHandle.NEVER;
    }
}
