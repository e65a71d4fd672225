// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.master;

import java.util.function.Consumer;

/** How many workers an operator wants, or at most. Confined to the master's thread. */
final class Wanted {
    private final boolean fixed;
    private final Consumer<String> report;
    private int count;
    private int countBeforeVacating;

    /**
     * So many at first.
     *
     * @param fixed whether there are to be so many, and not at most
     */
    Wanted(int count, boolean fixed, Consumer<String> report) {
        this.fixed = fixed;
        this.report = report;
        this.count = count;
        this.countBeforeVacating = count;
    }

    int count() {
        return count;
    }

    /**
     * Does what a command asks for, if it is about numbers.
     *
     * @param workers how many, for {@link Command#RESIZE} alone
     */
    void change(Command command, int workers) {
        switch (command) {
            case RELOAD -> {
                if (count == 0) {
                    count = countBeforeVacating;
                }
            }
            case VACATE -> {
                if (count > 0) {
                    countBeforeVacating = count;
                    count = 0;
                    report.accept("no workers from now on, the listeners stay");
                }
            }
            case MORE -> set(Math.min(count + 1, MasterSettings.WORKERS_MOST));
            // To none it is VACATE: nobody should lose the last worker to one signal too many.
            case FEWER -> set(Math.max(count - 1, Math.min(count, 1)));
            case RESIZE -> set(workers);
            case DRAIN, STOP, REOPEN, DUMP, STATUS, UPGRADE, REFORK -> {
                // These change nothing about it.
            }
        }
    }

    private void set(int newCount) {
        count = newCount;
        report.accept((fixed ? "workers wanted: %d" : "workers at most: %d").formatted(count));
    }
}
