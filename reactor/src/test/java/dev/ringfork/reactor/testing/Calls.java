// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.testing;

import dev.ringfork.bindings.Syscalls;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Counts the calls made through a {@link Syscalls}, and refuses some of them on demand.
 *
 * <p>Safe for use by many threads. What is not refused reaches the kernel.
 */
public final class Calls {
    /** What the engines wait with. */
    private static final String[] POLLS = {"epoll_wait", "poll", "select", "io_uring_enter"};

    private final Map<String, Integer> counts = new HashMap<>();
    private final Map<String, Object> firstArguments = new HashMap<>();
    private final Map<String, Runnable> before = new ConcurrentHashMap<>();
    private final Map<String, Queue<Integer>> refusals = new HashMap<>();
    private final Map<String, String> missing = new ConcurrentHashMap<>();
    private final Map<Object, Object> watched = new ConcurrentHashMap<>();
    private final Syscalls syscalls;

    /** Watches the calls of a provider. */
    public Calls(Syscalls real) {
        this.syscalls =
                Proxies.of(
                        Syscalls.class,
                        (self, method, arguments) -> {
                            if (method.getName().equals("absence")
                                    && missing.containsKey(String.valueOf(arguments[0]))) {
                                return missing.get(String.valueOf(arguments[0]));
                            }
                            Object result = Proxies.invoke(method, real, arguments);
                            return family(method) && result != null
                                    ? watched.computeIfAbsent(
                                            result, any -> watch(method.getReturnType(), result))
                                    : result;
                        });
    }

    /** Pretends that this platform lacks a call. */
    public void miss(String call, String reason) {
        missing.put(call, reason);
    }

    /** The watched calls. */
    public Syscalls syscalls() {
        return syscalls;
    }

    /**
     * Lets the next calls of this name fail without reaching the kernel, each with the next errno.
     */
    public void refuse(String call, int... errnos) {
        synchronized (counts) {
            Queue<Integer> queue = refusals.computeIfAbsent(call, any -> new ArrayDeque<>());
            for (int errno : errnos) {
                queue.add(errno);
            }
        }
    }

    /** The same for the next time that a loop asks for events, whichever engine it has. */
    public void refusePoll(int errno) {
        for (String call : POLLS) {
            refuse(call, errno);
        }
    }

    /** Does something before every call of this name, on the thread that makes it. */
    public void before(String call, Runnable action) {
        before.put(call, action);
    }

    /** The first argument of the last call of this name, which has an int there. */
    public int firstArgument(String call) {
        synchronized (counts) {
            return (Integer) firstArguments.getOrDefault(call, -1);
        }
    }

    /** Takes back the refusals that have not happened yet. */
    public void relent(String call) {
        synchronized (counts) {
            refusals.remove(call);
        }
    }

    /** How many refusals of this call have not happened yet. */
    public int refusalsLeft(String call) {
        synchronized (counts) {
            return refusals.getOrDefault(call, new ArrayDeque<>()).size();
        }
    }

    /** How often calls of these names were made. */
    public int count(String... calls) {
        synchronized (counts) {
            int sum = 0;
            for (String call : calls) {
                sum += counts.getOrDefault(call, 0);
            }
            return sum;
        }
    }

    /** How often a loop has asked for events. */
    public int polls() {
        return count(POLLS);
    }

    /** How often bytes were sent. */
    public int sends() {
        return count("send", "writev", "sendfile", "sendmsg");
    }

    /**
     * Whether a loop asks for events so many times more. The only way to see that something does
     * not happen is to wait, so choose the time short; if it happens this returns at once.
     */
    public boolean pollsAgain(int times, Duration atMost) {
        try {
            return awaitPolls(polls() + times, System.nanoTime() + atMost.toNanos());
        } catch (InterruptedException e) {
            throw Waiting.interrupted(e);
        }
    }

    private boolean awaitPolls(int wanted, long deadline) throws InterruptedException {
        synchronized (counts) {
            while (polls() < wanted) {
                long leftMs = (deadline - System.nanoTime()) / 1_000_000;
                if (leftMs <= 0) {
                    return false;
                }
                counts.wait(leftMs);
            }
            return true;
        }
    }

    private @Nullable Integer note(String call, Object @Nullable [] arguments) {
        before.getOrDefault(call, () -> {}).run();
        synchronized (counts) {
            counts.merge(call, 1, Integer::sum);
            if (arguments != null) {
                firstArguments.put(call, arguments[0]);
            }
            counts.notifyAll();
            Queue<Integer> queue = refusals.get(call);
            return queue == null ? null : queue.poll();
        }
    }

    private Object watch(Class<?> family, Object real) {
        return Proxies.of(
                family,
                (self, method, arguments) -> {
                    Integer errno = note(method.getName(), arguments);
                    if (errno == null) {
                        return Proxies.invoke(method, real, arguments);
                    }
                    return method.getReturnType() == long.class ? (Object) (long) -errno : -errno;
                });
    }

    private static boolean family(Method method) {
        Class<?> type = method.getReturnType();
        return type.isInterface() && type.getPackage() == Syscalls.class.getPackage();
    }
}
