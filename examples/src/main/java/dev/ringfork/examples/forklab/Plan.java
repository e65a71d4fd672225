// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.forklab;

import static java.util.Locale.ROOT;

import java.time.Duration;
import java.util.List;

/**
 * How much is tried. Immutable.
 *
 * @param collectors as in {@code -XX:+Use…GC}, {@code G1} for instance
 * @param forks how many children one after the other
 * @param together how many live at once, in each of the rounds
 * @param rounds how many rounds of those
 * @param churned how many are forked while the parent churns
 * @param liveBytes of the heap that is checked again in each child
 * @param patience how long a child may take until it counts as one that hangs
 */
public record Plan(
        List<Collector> collectors,
        int forks,
        int together,
        int rounds,
        int churned,
        long liveBytes,
        Duration patience) {

    /** A garbage collector. */
    public enum Collector {
        G1,
        PARALLEL,
        SERIAL;

        String title() {
            return this == G1 ? "G1" : name().charAt(0) + name().substring(1).toLowerCase(ROOT);
        }

        String option() {
            return "-XX:+Use" + title() + "GC";
        }
    }

    /** Keeps a copy of the list. */
    public Plan {
        collectors = List.copyOf(collectors);
    }

    /** The same with less that lives. */
    Plan withLive(long bytes) {
        return new Plan(collectors, forks, together, rounds, churned, bytes, patience);
    }

    /** What the virtual machine of one collector is told, for {@link #heard}. */
    List<String> told() {
        return List.of(
                Integer.toString(forks),
                Integer.toString(together),
                Integer.toString(rounds),
                Integer.toString(churned),
                Long.toString(liveBytes),
                Long.toString(patience.toMillis()));
    }

    /** The same plan there, where collectors are of no interest. */
    static Plan heard(List<String> told) {
        return new Plan(
                List.of(),
                Integer.parseInt(told.get(0)),
                Integer.parseInt(told.get(1)),
                Integer.parseInt(told.get(2)),
                Integer.parseInt(told.get(3)),
                Long.parseLong(told.get(4)),
                Duration.ofMillis(Long.parseLong(told.get(5))));
    }
}
