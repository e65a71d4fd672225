// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.forklab;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Runs all checks in this process, forked or not, each of them whatever became of the others. */
final class Checkup {
    private Checkup() {}

    /**
     * Runs them.
     *
     * @param journal told what is begun and what has failed
     * @param extra besides those that are always run
     * @return whether all hold
     */
    static boolean run(Lab lab, Journal journal, List<Check> extra) throws IOException {
        List<Check> all = new ArrayList<>(SelfChecks.all());
        all.addAll(MachineChecks.all());
        // A child that has seen half of its life go by in that is left in peace.
        all.add(new Check("to stop what churns", Checkup::stopChurn));
        all.addAll(extra);
        all.addAll(ThreadChecks.all());
        all.addAll(InputChecks.all());
        boolean good = true;
        for (Check check : all) {
            journal.begun(check.name());
            try {
                check.body().run(lab);
            } catch (Exception | Error e) {
                good = false;
                journal.failed(check.name() + ": " + Broken.line(e));
                e.printStackTrace();
            }
        }
        return good;
    }

    private static void stopChurn(Lab lab) throws Broken {
        Churn churn = lab.churn;
        if (churn != null) {
            churn.stop();
        }
    }
}
