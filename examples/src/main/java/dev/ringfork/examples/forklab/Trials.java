// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.forklab;

import dev.ringfork.bindings.WaitStatus;
import dev.ringfork.bindings.abi.ProcessConstants;
import dev.ringfork.examples.forklab.Wire.Word;
import dev.ringfork.prefork.process.ForkRequest;
import dev.ringfork.prefork.process.Forked;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What is tried with one virtual machine. Confined to the thread that forks. */
final class Trials {
    /** Programs are started by each child of so many. */
    private static final int STARTS_EVERY = 10;

    private static final int REQUESTS = 2;
    private static final int BACKLOG = 100;
    private static final int ORPHANS = 2;
    private static final int DESCENDANTS = 4;

    private final Lab lab;
    private final Wire wire;

    private final List<Offspring> living = new ArrayList<>();
    private final Set<String> drawn = new HashSet<>();
    private final List<String> repeated = new ArrayList<>();

    Trials(Lab lab, Wire wire) {
        this.lab = lab;
        this.wire = wire;
    }

    /** Part of a trial. */
    interface Part {
        void run() throws Exception;
    }

    Lab lab() {
        return lab;
    }

    /** All that one machine can try by itself. */
    void matrix(Path jar) {
        if (!one(Trial.UNFORKED, this::unforked)) {
            return; // Whatever it is, forks are not to blame.
        }
        wire.tell(Word.TRIES, Trial.ALONE, "");
        for (int i = 0; i < lab.plan.forks(); i++) {
            round(Trial.ALONE, 1, new Task(0, true, i % STARTS_EVERY == 0, false, false));
        }
        wire.tell(Word.TRIES, Trial.TOGETHER, "");
        for (int i = 0; i < lab.plan.rounds(); i++) {
            round(
                    Trial.TOGETHER,
                    lab.plan.together(),
                    new Task(0, true, i % STARTS_EVERY == 0, false, false));
        }
        churn(jar);
        wire.tell(Word.TRIES, Trial.LINEAGE, "");
        round(Trial.LINEAGE, 1, new Task(DESCENDANTS - 1, false, false, false, false));
        Observers observers = new Observers(this);
        one(Trial.DUMP, observers::dump);
        if (observers.hasJcmd()) {
            one(Trial.JCMD, observers::jcmd);
        } else {
            wire.tell(Word.SKIPPED, Trial.JCMD, "this JDK has no jcmd");
        }
        one(Trial.KILLED, this::killed);
        one(Trial.AFTERWARDS, this::unforked);
    }

    /** Forks children that wait, and waits to be killed. */
    void orphans() throws Exception {
        wire.tell(Word.TRIES, Trial.ORPHANS, "");
        for (int i = 0; i < ORPHANS; i++) {
            fork(new Task(0, false, false, true, true)).awaitReady();
        }
        wire.tell(Word.KILL_ME, Trial.ORPHANS, "");
        // It has both ends: nobody will ever write.
        lab.calls.read(lab.lifeline);
    }

    /** Tries something once. Returns whether it holds. */
    boolean one(Trial trial, Part part) {
        wire.tell(Word.TRIES, trial, "");
        List<String> failures = new ArrayList<>();
        attempt(failures, part);
        told(trial, failures);
        return failures.isEmpty();
    }

    void skipped(Trial trial, String reason) {
        wire.tell(Word.SKIPPED, trial, reason);
    }

    /** Forks. Returns in the parent only: the child lives its life and ends. */
    Offspring fork(Task task) {
        int[] link = lab.calls.socketpair();
        living.removeIf(each -> each.link() < 0);
        List<Integer> closed = new ArrayList<>(living.stream().map(Offspring::link).toList());
        closed.add(link[0]);
        if (lab.lifelineWriter() >= 0) {
            closed.add(lab.lifelineWriter());
        }
        ForkRequest request = ForkRequest.DEFAULT.keeping(List.of(lab.lifeline)).closing(closed);
        long begin = System.nanoTime();
        Forked forked;
        try {
            forked = lab.warm.fork(request);
        } catch (RuntimeException e) {
            lab.calls.close(link[0]);
            lab.calls.close(link[1]);
            throw e;
        }
        long end = System.nanoTime();
        if (!(forked instanceof Forked.Parent parent)) {
            new ChildLife(lab, task, link[1]).live();
            throw new AssertionError("a child that lives on");
        }
        lab.calls.close(link[1]);
        Offspring child = new Offspring(lab, parent, link[0]);
        living.add(child);
        wire.tell(
                Word.FORKED,
                Trial.ALONE,
                "%d %d %d".formatted(end - begin, child.pauseUs(), child.restoreUs()));
        return child;
    }

    /** Waits for the end of a child, and adds what of it did not hold. */
    void end(Offspring child, List<String> failures) {
        attempt(failures, () -> failures.addAll(child.end()));
        for (String each : child.drawn()) {
            if (!drawn.add(each)) {
                repeated.add("a random number repeats: " + each);
            }
        }
        failures.addAll(repeated);
        repeated.clear();
    }

    /** Some children that live at once. */
    void round(Trial trial, int count, Task task) {
        List<List<String>> failures = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            failures.add(new ArrayList<>());
        }
        attempt(failures.getLast(), () -> served(failures, task));
        attempt(failures.getLast(), this::alive);
        for (List<String> each : failures) {
            told(trial, each);
        }
    }

    private void served(List<List<String>> failures, Task task) throws IOException {
        InetAddress loopback = InetAddress.getLoopbackAddress();
        try (ServerSocketChannel listener = ServerSocketChannel.open()) {
            listener.bind(new InetSocketAddress(loopback, 0), BACKLOG);
            lab.listener = listener;
            List<Offspring> children = new ArrayList<>();
            for (List<String> each : failures) {
                attempt(each, () -> children.add(fork(task)));
            }
            int asked = task.serves() ? children.size() * REQUESTS : 0;
            InetSocketAddress address = (InetSocketAddress) listener.getLocalAddress();
            try (Clients clients = new Clients(address, asked)) {
                for (int i = 0; i < children.size(); i++) {
                    end(children.get(i), failures.get(i));
                }
                answered(failures, task, children, clients.answers());
            }
        }
    }

    private static void answered(
            List<List<String>> failures, Task task, List<Offspring> children, List<String> from) {
        for (int i = 0; task.serves() && i < children.size(); i++) {
            int times = Collections.frequency(from, Integer.toString(children.get(i).pid()));
            if (times != REQUESTS) {
                failures.get(i)
                        .add(
                                "it has answered %d of %d requests: %s"
                                        .formatted(times, REQUESTS, from));
            }
        }
    }

    /** This process goes on. */
    private void alive() throws Exception {
        Inhabitants.ask(lab.inhabitants);
        lab.heap.verify();
    }

    private void unforked() throws Exception {
        Journal journal = Journal.of(lab.folder, lab.calls.pid());
        if (!Checkup.run(lab, journal, List.of(InputChecks.program()))) {
            Broken.unlessNone(journal.read().failures());
        }
        SelfChecks.draw(lab, journal);
        drawn.addAll(journal.read().drawn());
    }

    private void churn(Path jar) {
        wire.tell(Word.TRIES, Trial.CHURN, "");
        for (int i = 0; i < lab.plan.churned(); i++) {
            Churn churn = new Churn(jar);
            lab.churn = churn;
            List<Thread> threads = churn.start();
            round(Trial.CHURN, 1, new Task(0, true, false, false, false));
            lab.churn = null;
            List<String> failures = new ArrayList<>();
            attempt(failures, churn::stop);
            for (Thread each : threads) {
                attempt(failures, each::join);
            }
            if (!failures.isEmpty()) {
                told(Trial.CHURN, failures);
            }
        }
    }

    private void killed() throws Exception {
        Offspring child = fork(Task.WAITING);
        child.awaitReady();
        WaitStatus status = child.kill();
        boolean right = status.signaled() && status.termSignal() == ProcessConstants.SIGKILL;
        Broken.unless(right, "it %s".formatted(status));
        alive();
    }

    private void told(Trial trial, List<String> failures) {
        if (failures.isEmpty()) {
            wire.tell(Word.HELD, trial, "");
        } else {
            wire.tell(Word.FAILED, trial, String.join("; ", failures));
        }
    }

    private static void attempt(List<String> failures, Part part) {
        try {
            part.run();
        } catch (Exception | Error e) {
            e.printStackTrace();
            failures.add(Broken.line(e));
        }
    }
}
