// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.forklab;

import dev.ringfork.bindings.WaitStatus;
import dev.ringfork.bindings.abi.ProcessConstants;
import dev.ringfork.prefork.process.Forked;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A child as its parent sees it. Confined to the thread that forks. */
final class Offspring {
    private final Lab lab;
    private final Forked.Parent born;
    private final int link;
    private List<String> drawn = List.of();
    private boolean over;

    /**
     * A child that was forked.
     *
     * @param link a socket to it, or -1
     */
    Offspring(Lab lab, Forked.Parent born, int link) {
        this.lab = lab;
        this.born = born;
        this.link = link;
    }

    int pid() {
        return born.pid();
    }

    /** What it has told until now. */
    Journal.Story story() throws IOException {
        return Journal.of(lab.folder, pid()).read();
    }

    /** Waits until it has nothing more to do but to wait. */
    void awaitReady() throws Broken, IOException {
        long limitMs = lab.plan.patience().toMillis();
        boolean told = lab.calls.readable(link, Math.toIntExact(limitMs));
        if (!told) {
            String hang = hangs();
            kill();
            throw new Broken(hang);
        }
        if (lab.calls.read(link) < 0) {
            throw new Broken("it %s at '%s'".formatted(kill(), story().last()));
        }
    }

    /** The socket to it, or -1 when it is no more. */
    int link() {
        return over ? -1 : link;
    }

    /** Lets it go on. */
    void release() {
        lab.calls.write(link, 1);
    }

    /** Kills it, and waits for its end. */
    WaitStatus kill() throws Broken {
        lab.calls.kill(pid(), ProcessConstants.SIGKILL);
        WaitStatus status = reaped(lab.plan.patience().toNanos());
        forget();
        if (status == null) {
            throw new Broken("it does not end when it is killed");
        }
        return status;
    }

    /** Waits for its end, and tells what did not hold; one that does not end is killed. */
    List<String> end() throws IOException, Broken {
        WaitStatus status = reaped(lab.plan.patience().toNanos());
        if (status == null) {
            String hang = hangs();
            kill();
            return List.of(hang);
        }
        forget();
        Journal.Story story = story();
        drawn = story.drawn();
        List<String> failures = new ArrayList<>(story.failures());
        if (!story.ended()) {
            failures.add("it %s at '%s'".formatted(status, story.last()));
        } else if (failures.isEmpty() && !(status.exited() && status.exitStatus() == 0)) {
            failures.add("it " + status);
        } else if (!story.hooks().equals(List.of("child"))) {
            failures.add("it has run the hooks of %s at its end".formatted(story.hooks()));
        }
        if (failures.isEmpty()) {
            // Its number may be another child's some day.
            Files.deleteIfExists(Journal.of(lab.folder, pid()).file());
            Files.deleteIfExists(ChildLife.output(lab.folder, pid()));
        }
        return failures;
    }

    /** After its end: random numbers of its and its descendants', with their kinds. */
    List<String> drawn() {
        return drawn;
    }

    /** Writes down what an observer can see of it, and where that is. */
    private String hangs() throws IOException {
        return "it hangs at '%s' after %d s: %s"
                .formatted(
                        story().last(),
                        lab.plan.patience().toSeconds(),
                        Autopsy.write(lab.folder, pid()));
    }

    private @Nullable WaitStatus reaped(long waitNs) {
        return lab.calls.reap(pid(), born.pidfd(), System.nanoTime() + waitNs);
    }

    private void forget() {
        over = true;
        lab.calls.close(born.pidfd());
        lab.calls.close(link);
    }

    long pauseUs() {
        return TimeUnit.NANOSECONDS.toMicros(born.pause().toNanos());
    }

    long restoreUs() {
        return TimeUnit.NANOSECONDS.toMicros(born.restore().toNanos());
    }
}
