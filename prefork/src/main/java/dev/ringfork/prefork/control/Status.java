// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.control;

import dev.ringfork.prefork.master.MasterState;
import dev.ringfork.prefork.master.WorkerState;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * All that there is to show of a master. Immutable.
 *
 * @param usages what each worker takes of the machine, by pid
 */
record Status(MasterState master, List<ListenQueue> queues, Map<Integer, Usage> usages) {

    /** Looks at what the workers take. Takes its time: not for a loop's thread. */
    static Status look(MasterState master, List<ListenQueue> queues) {
        Map<Integer, Usage> usages = new HashMap<>();
        for (WorkerState worker : master.workers()) {
            if (worker.pid() > 0) {
                usages.put(worker.pid(), Usage.of(worker.pid()));
            }
        }
        return new Status(master, queues, usages);
    }

    Usage usage(WorkerState worker) {
        return usages.getOrDefault(worker.pid(), Usage.UNKNOWN);
    }

    /** What the master is at, in one word. */
    String condition() {
        return switch (master.ending()) {
            case DRAIN -> "draining";
            case STOP, ENDED -> "stopping";
            case NONE -> {
                if (master.upgrade().underWay()) {
                    yield "upgrading";
                }
                yield master.reloading() ? "reloading" : "serving";
            }
        };
    }
}
