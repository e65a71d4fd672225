// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.forklab;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.ringfork.bindings.abi.ProcessConstants;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What others can see of a child: thread dumps, and what jcmd(1) says. */
final class Observers {
    private static final Pattern NID = Pattern.compile(" nid=(\\d+) ");
    private static final String LAST_OF_DUMP = "JNI global refs";
    private static final long LOOK_MS = 10;

    private final Trials trials;
    private final Lab lab;
    private final Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");

    Observers(Trials trials) {
        this.trials = trials;
        this.lab = trials.lab();
    }

    boolean hasJcmd() {
        return Files.isExecutable(jcmd);
    }

    /** The dump that a child writes is of its own threads. */
    void dump() throws Exception {
        Offspring child = trials.fork(Task.WAITING);
        child.awaitReady();
        List<String> failures = new ArrayList<>();
        try {
            lab.calls.kill(child.pid(), ProcessConstants.SIGQUIT);
            String dump = awaitDump(ChildLife.output(lab.folder, child.pid()));
            Broken.unless(dump.contains("\"monitor\""), "a thread is not in the dump");
            int threads = 0;
            for (Matcher nid = NID.matcher(dump); nid.find(); threads++) {
                Path task = Path.of("/proc", Integer.toString(child.pid()), "task", nid.group(1));
                Broken.unless(Files.exists(task), "there is no thread %s".formatted(nid.group(1)));
            }
            Broken.unless(
                    threads > lab.inhabitants.size() / 2,
                    "%d threads in a dump".formatted(threads));
        } finally {
            child.release();
            trials.end(child, failures);
        }
        Broken.unlessNone(failures);
    }

    private String awaitDump(Path file) throws Exception {
        long end = System.nanoTime() + lab.plan.patience().toNanos();
        while (System.nanoTime() - end < 0) {
            String said = Files.readString(file);
            if (said.contains(LAST_OF_DUMP)) {
                return said;
            }
            Thread.sleep(LOOK_MS);
        }
        throw new Broken("there is no thread dump");
    }

    /** Of parent and child each answers for itself. */
    void jcmd() throws Exception {
        System.setProperty(ChildLife.WHO, Integer.toString(lab.calls.pid()));
        knows(lab.calls.pid());
        Offspring child = trials.fork(Task.WAITING);
        child.awaitReady();
        List<String> failures = new ArrayList<>();
        try {
            knows(child.pid());
            knows(lab.calls.pid());
            ask(child.pid(), "VM.uptime", " s");
            ask(child.pid(), "Thread.print", "\"monitor\"");
        } finally {
            child.release();
            trials.end(child, failures);
        }
        Broken.unlessNone(failures);
    }

    private void knows(int pid) throws Exception {
        ask(pid, "VM.system_properties", ChildLife.WHO + "=" + pid);
    }

    private void ask(int pid, String command, String expected) throws Exception {
        Path answer = lab.folder.resolve("jcmd.txt");
        Process asking =
                new ProcessBuilder(jcmd.toString(), Integer.toString(pid), command)
                        .redirectErrorStream(true)
                        .redirectOutput(answer.toFile())
                        .start();
        boolean over = asking.waitFor(lab.plan.patience().toMillis(), TimeUnit.MILLISECONDS);
        asking.destroyForcibly();
        String said = Files.readString(answer, UTF_8);
        Broken.unless(over, "jcmd %d %s gets no answer".formatted(pid, command));
        Broken.unless(
                asking.exitValue() == 0 && said.contains(expected),
                "jcmd %d %s ends with %d and says %s"
                        .formatted(pid, command, asking.exitValue(), said));
    }
}
