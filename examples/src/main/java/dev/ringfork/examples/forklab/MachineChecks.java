// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.forklab;

import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.IntUnaryOperator;
import java.util.stream.Collectors;
import javax.management.InstanceNotFoundException;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import javax.management.ReflectionException;
import org.jspecify.annotations.Nullable;

/** Exceptions, classes, compilers, collectors and stacks. */
final class MachineChecks {
    private static final long WAIT_NS = TimeUnit.SECONDS.toNanos(20);
    private static final int HOT_ROUNDS = 1000;
    private static final int CALLS_BETWEEN_LOOKS = 2000;
    private static final int GARBAGE_BYTES = 32 << 10;

    private static volatile byte @Nullable [] garbage;

    private MachineChecks() {}

    static List<Check> all() {
        return List.of(
                new Check("exceptions", lab -> exceptions()),
                new Check(
                        "exceptions in a pool's thread",
                        lab ->
                                lab.pool
                                        .submit(() -> {
                                            exceptions();
                                            return 0;
                                        })
                                        .get()),
                new Check("classes nobody has loaded", lab -> lab.unseen.load()),
                new Check("compiled code", MachineChecks::compile),
                new Check("young collection", lab -> young()),
                new Check("what lives", lab -> lab.heap.verify()),
                new Check("full collection", MachineChecks::full),
                new Check("stacks of all threads", MachineChecks::stacks));
    }

    private static int depth(int above) {
        return above < 0 ? 0 : depth(above + 1) + 1;
    }

    private static int lengthOf(@Nullable String text) {
        return Objects.requireNonNullElse(text, "").length();
    }

    @SuppressWarnings("NullAway") // The machine makes the exception of a fault at address 0.
    private static void nothing(int[][] rows) throws Broken {
        try {
            int length = rows[1].length;
            throw new Broken("null has length " + length);
        } catch (NullPointerException e) {
            Broken.unless(e.getStackTrace().length > 0, "an exception without a trace");
        }
    }

    private static void exceptions() throws Broken {
        nothing(new int[2][]);
        try {
            int quotient = 1 / lengthOf(null);
            throw new Broken("1 / 0 is " + quotient);
        } catch (ArithmeticException e) {
            Broken.unlessEqual("the message", "/ by zero", e.getMessage());
        }
        for (int i = 0; i < 2; i++) {
            try {
                throw new Broken("a stack without end: " + depth(0));
            } catch (StackOverflowError e) {
                Broken.unless(e.getStackTrace().length > 100, "a short trace of a deep stack");
            }
        }
        try {
            throw new Broken("it is an Integer: " + Integer.class.cast((Object) "text"));
        } catch (ClassCastException e) {
            Broken.unless(e.getMessage() != null, "an exception without a message");
        }
    }

    private static void compile(Lab lab) throws Exception {
        IntUnaryOperator hot = lab.unseen.last();
        long end = System.nanoTime() + WAIT_NS;
        while (true) {
            for (int i = 0; i < CALLS_BETWEEN_LOOKS; i++) {
                lab.unseen.verifyLast(1, hot.applyAsInt(1));
            }
            int answer = hot.applyAsInt(HOT_ROUNDS);
            lab.unseen.verifyLast(HOT_ROUNDS, answer);
            String compiled = command("compilerCodelist");
            if (compiled == null || compiled.contains(lab.unseen.lastMethod())) {
                return;
            }
            Broken.unless(System.nanoTime() - end < 0, "a hot method is not compiled");
        }
    }

    /** What a diagnostic command says, or null where this machine has none. */
    private static @Nullable String command(String name) throws JMException {
        MBeanServer server = ManagementFactory.getPlatformMBeanServer();
        ObjectName commands = new ObjectName("com.sun.management:type=DiagnosticCommand");
        Object[] arguments = {new String[0]};
        String[] types = {String[].class.getName()};
        try {
            return (String) server.invoke(commands, name, arguments, types);
        } catch (InstanceNotFoundException | ReflectionException e) {
            return null;
        }
    }

    private static long collections() {
        return ManagementFactory.getGarbageCollectorMXBeans().stream()
                .mapToLong(GarbageCollectorMXBean::getCollectionCount)
                .sum();
    }

    private static void young() throws Broken {
        long before = collections();
        long end = System.nanoTime() + WAIT_NS;
        while (collections() < before + 2) {
            for (int i = 0; i < 50; i++) {
                garbage = new byte[GARBAGE_BYTES];
            }
            Broken.unless(System.nanoTime() - end < 0, "garbage is not collected");
        }
        Broken.unless(garbage != null, "nothing was allocated");
    }

    private static void full(Lab lab) throws Broken {
        for (int i = 0; i < 2; i++) {
            long before = collections();
            System.gc();
            Broken.unless(collections() > before, "System.gc() collects nothing");
        }
        lab.heap.verify();
    }

    private static void stacks(Lab lab) throws Broken {
        ThreadInfo[] threads = ManagementFactory.getThreadMXBean().dumpAllThreads(true, true);
        Set<String> names =
                Arrays.stream(threads).map(ThreadInfo::getThreadName).collect(Collectors.toSet());
        for (Inhabitant each : lab.inhabitants) {
            if (!each.name().startsWith("virtual")) {
                Broken.unless(
                        names.contains(each.name()),
                        "thread '%s' is not in a dump".formatted(each.name()));
            }
        }
        Broken.unless(
                ManagementFactory.getThreadMXBean().findDeadlockedThreads() == null,
                "threads are in a deadlock");
    }
}
