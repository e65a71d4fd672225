// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings.faults;

import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.Syscalls;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.LongPredicate;
import java.util.function.LongUnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Counts the calls and decides which of them fail. Safe for use by many threads. */
final class FaultPlan {

    /** The calls that move as much as they can of a count. */
    static final Set<String> TRANSFERS =
            Set.of(
                    "read",
                    "write",
                    "readv",
                    "writev",
                    "pread",
                    "pwrite",
                    "sendfile",
                    "splice",
                    "send",
                    "recv",
                    "sendto",
                    "recvfrom");

    private static final Set<String> CALLS =
            Stream.of(Syscalls.class.getMethods())
                    .map(Method::getReturnType)
                    .filter(Class::isInterface)
                    .flatMap(family -> Stream.of(family.getMethods()))
                    .map(Method::getName)
                    .collect(Collectors.toUnmodifiableSet());

    private final Random random;
    private final Map<String, Long> counts = new HashMap<>();
    private final Map<String, List<Trigger>> triggers = new HashMap<>();
    private final List<Injection> injected = new ArrayList<>();

    FaultPlan(long seed) {
        random = new Random(seed);
    }

    static void requireKnown(String call) {
        if (!CALLS.contains(call)) {
            throw new IllegalArgumentException("no call is named " + call);
        }
    }

    /** Fails the calls numbered from one on, counted from now. */
    synchronized void script(String call, long from, long times, int errno, long cutTo) {
        long first = calls(call) + from;
        // Saturates: always is as many as there are numbers.
        long end = times > Long.MAX_VALUE - first ? Long.MAX_VALUE : first + times;
        add(
                call,
                new Trigger(
                        number -> number >= first && number < end,
                        List.of(errno),
                        count -> Math.min(count, cutTo)));
    }

    /** Fails each call with a probability; cuts a count when there are no errors. */
    synchronized void chance(String call, double probability, List<Integer> errnos) {
        List<Integer> which = errnos.isEmpty() ? List.of(0) : errnos;
        add(
                call,
                new Trigger(
                        _ -> random.nextDouble() < probability,
                        which,
                        count -> count > 1 ? random.nextLong(1, count) : count));
    }

    private void add(String call, Trigger trigger) {
        triggers.computeIfAbsent(call, _ -> new ArrayList<>()).add(trigger);
    }

    synchronized void clear() {
        triggers.clear();
    }

    synchronized long calls(String call) {
        return counts.getOrDefault(call, 0L);
    }

    synchronized List<Injection> injected() {
        return List.copyOf(injected);
    }

    /** Whether a call fails: 0, or {@code -errno}. */
    int fault(String call) {
        return (int) Math.min(limit(call, 0), 0);
    }

    /**
     * How much a call may move at most: {@code -errno} when it fails, {@link Long#MAX_VALUE} when
     * it is left alone.
     *
     * @param count what it was asked to move
     */
    synchronized long limit(String call, long count) {
        long number = counts.merge(call, 1L, Long::sum);
        Trigger trigger = firing(call, number);
        if (trigger == null) {
            return Long.MAX_VALUE;
        }
        int errno = trigger.errnos.get(random.nextInt(trigger.errnos.size()));
        if (errno != 0) {
            injected.add(new Injection(call, number, errno, 0));
            return -errno;
        }
        long cut = trigger.cut.applyAsLong(count);
        if (cut < count) {
            injected.add(new Injection(call, number, 0, cut));
        }
        return Math.max(cut, 0);
    }

    private @Nullable Trigger firing(String call, long number) {
        for (Trigger trigger : triggers.getOrDefault(call, List.of())) {
            if (trigger.fires.test(number)) {
                return trigger;
            }
        }
        return null;
    }

    /** The result of a call that was made although it is to be seen to fail. */
    static int disguised(int fault, int result) {
        boolean done = result >= 0 || result == -Errno.EINPROGRESS;
        return fault < 0 && done ? fault : result;
    }

    private record Trigger(LongPredicate fires, List<Integer> errnos, LongUnaryOperator cut) {}
}
