// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.forklab;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;

/** That a process is itself and nobody else. */
final class SelfChecks {
    private SelfChecks() {}

    static List<Check> all() {
        return List.of(new Check("its own number", SelfChecks::number));
    }

    private static void number(Lab lab) throws Exception {
        long pid = lab.calls.pid();
        Broken.unlessEqual("ProcessHandle's pid", pid, ProcessHandle.current().pid());
        String self = Files.readSymbolicLink(Path.of("/proc/self")).toString();
        Broken.unlessEqual("/proc/self", pid, self);
        Broken.unless(ProcessHandle.current().isAlive(), "a process takes itself for dead");
        Broken.unlessEqual(
                "the management interface's pid",
                pid,
                ManagementFactory.getRuntimeMXBean().getPid());
    }

    /** Writes down random numbers, which are to be like nobody else's. */
    static void draw(Lab lab, Journal journal) throws Exception {
        journal.drawn("SecureRandom of the parent", lab.random.nextLong());
        journal.drawn("DRBG of the parent", lab.drbg.nextLong());
        journal.drawn("SecureRandom", new SecureRandom().nextLong());
        journal.drawn("DRBG", SecureRandom.getInstance("DRBG").nextLong());
        journal.drawn("ThreadLocalRandom", ThreadLocalRandom.current().nextLong());
        journal.drawn(
                "ThreadLocalRandom of a pool's thread",
                lab.pool.submit(() -> ThreadLocalRandom.current().nextLong()).get());
        journal.drawn("Math.random()", Math.random());
        journal.drawn("SplittableRandom", new SplittableRandom().nextLong());
        journal.drawn("UUID", UUID.randomUUID());
    }

    /** Has this process tell when it runs its hooks. */
    static void hook(Journal journal, String whose) {
        Runtime.getRuntime()
                .addShutdownHook(
                        new Thread(() -> {
                            try {
                                journal.hook(whose);
                            } catch (IOException e) {
                                System.err.println("no journal: " + e);
                            }
                        }));
    }
}
