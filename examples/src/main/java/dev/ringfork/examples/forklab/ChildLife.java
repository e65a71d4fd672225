// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.forklab;

import dev.ringfork.prefork.process.ForkRequest;
import dev.ringfork.prefork.process.Forked;
import java.io.IOException;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** What a child does from the fork to its end. */
final class ChildLife {
    /** The property by which it is known from outside. */
    static final String WHO = "ringfork.forklab.pid";

    private static final int EXIT_BROKEN = 1;
    private static final int EXIT_ORPHAN = 9;

    private final Lab lab;
    private final Task task;
    private final int link;
    private final Journal journal;

    /**
     * A child's life, to be begun in it.
     *
     * @param link a socket to its parent
     */
    ChildLife(Lab lab, Task task, int link) {
        this.lab = lab;
        this.task = task;
        this.link = link;
        this.journal = Journal.of(lab.folder, lab.calls.pid());
    }

    /** The file that a child's standard output goes to. */
    static Path output(Path folder, int pid) {
        return folder.resolve(pid + ".out");
    }

    /** Does not return. */
    void live() {
        int status = EXIT_BROKEN;
        try {
            lab.enterChild();
            watchLifeline();
            if (!task.speaks()) {
                lab.calls.redirectOutput(output(lab.folder, lab.calls.pid()));
            }
            System.setProperty(WHO, Integer.toString(lab.calls.pid()));
            SelfChecks.hook(journal, "child");
            status = tried() ? 0 : EXIT_BROKEN;
            if (task.waits()) {
                lab.calls.write(link, 1);
                lab.calls.read(link);
            }
            journal.begun("to end");
            journal.end();
        } catch (Exception | Error e) {
            tell(e);
        }
        System.exit(status);
    }

    private void tell(Throwable failure) {
        failure.printStackTrace();
        try {
            journal.failed(Broken.line(failure));
        } catch (IOException e) {
            System.err.println("no journal: " + e);
        }
    }

    private boolean tried() throws Exception {
        List<Check> extra = new ArrayList<>();
        if (task.serves()) {
            ServerSocketChannel listener = Objects.requireNonNull(lab.listener);
            extra.add(InputChecks.requests(listener));
        }
        if (task.starts()) {
            extra.add(InputChecks.program());
        }
        if (task.descendants() > 0) {
            extra.add(new Check("its own child", this::descend));
        }
        boolean good = Checkup.run(lab, journal, extra);
        SelfChecks.draw(lab, journal);
        return good;
    }

    /** Forks in its turn. */
    private void descend(Lab same) throws Exception {
        ForkRequest request = ForkRequest.DEFAULT.keeping(List.of(same.lifeline));
        switch (same.warm.fork(request)) {
            case Forked.Child _ -> {
                Task rest = new Task(task.descendants() - 1, false, false, false, false);
                new ChildLife(same, rest, link).live();
            }
            case Forked.Parent parent -> {
                Offspring child = new Offspring(same, parent, -1);
                List<String> failures = child.end();
                for (String each : child.drawn()) {
                    journal.drawn(each);
                }
                Broken.unlessNone(failures);
            }
        }
    }

    /** Ends this process when the first parent has died. */
    private void watchLifeline() {
        Thread.ofPlatform()
                .daemon()
                .name("lifeline")
                .start(() -> {
                    lab.calls.read(lab.lifeline);
                    Runtime.getRuntime().halt(EXIT_ORPHAN);
                });
    }
}
