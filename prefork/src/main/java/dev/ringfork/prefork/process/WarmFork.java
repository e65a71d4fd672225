// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.process;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.Forks;
import dev.ringfork.bindings.SyscallException;
import dev.ringfork.bindings.Syscalls;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Forks this virtual machine while it runs: the child has the same heap, classes, compiled code and
 * threads, and each thread goes on where it was. Linux with glibc, HotSpot.
 *
 * <pre>{@code
 * WarmFork warm = new WarmFork(Syscalls.get());
 * List<Obstacle> obstacles = warm.check();
 * switch (warm.fork(ForkRequest.DEFAULT)) {
 *     case Forked.Parent parent -> supervise(parent.pid());
 *     case Forked.Child child -> serve();
 * }
 * }</pre>
 *
 * <p>The child has a process number and random numbers of its own, and none of the shutdown hooks
 * and files to delete of its parent. Its epoll instances, wake-ups, internal pipes and files opened
 * to read are its own; sockets, and files opened to write with their offsets, are shared as after
 * fork(2). Not so after fork(2): all other threads go on in the child as well, jobs of executors
 * among them. {@link ForkHooks} are the place to have them pause.
 *
 * <p>Safe for use by many threads; one forks at a time.
 */
public final class WarmFork {
    /** Ends a child that must not run. */
    private static final int EXIT_SOFTWARE = 70;

    /** The answers of rf_fork that came of what it had copied by then. */
    private static final List<String> STAGES =
            List.of(
                    "to its end",
                    "before threads were stopped",
                    "when threads were being stopped",
                    "when descriptors were being read",
                    "when the process was being copied",
                    "when the child's descriptors were being made",
                    "when the child's threads were being made",
                    "when the child was waited for");

    private final Syscalls syscalls;
    private final AtomicBoolean forking = new AtomicBoolean();
    private volatile List<ForkHooks> hooks = List.of();

    /** Nothing was in the way when all of it was looked at. */
    private volatile boolean checked;

    /** What a child has to renew, as far as it was looked for before. */
    private volatile @Nullable Randomness found;

    /** Forks by way of these calls; nothing is done yet. */
    public WarmFork(Syscalls syscalls) {
        this.syscalls = syscalls;
    }

    /** Adds hooks. Those added first are called first before a fork, and last after it. */
    public synchronized WarmFork hooks(ForkHooks more) {
        List<ForkHooks> all = new ArrayList<>(hooks);
        all.add(more);
        hooks = List.copyOf(all);
        return this;
    }

    /** Why this process, as it is now, cannot be forked; empty if it can. Blocks for some ms. */
    public List<Obstacle> check() {
        List<Obstacle> obstacles = Obstacles.find(syscalls);
        checked = obstacles.isEmpty();
        return obstacles;
    }

    /**
     * Checks, and looks already now for what each child has to renew, which takes some ten
     * milliseconds for a million objects: the next forks need not do it.
     *
     * <p>Who calls this promises that the thread that forks makes no {@link
     * java.security.SecureRandom} and starts no thread before it does. When other threads have done
     * anything since, the next fork looks again; with {@link ForkHooks} nothing is taken for
     * granted, and each child looks for itself.
     *
     * @return why this process cannot be forked; empty if it can
     */
    public List<Obstacle> prepare() {
        List<Obstacle> obstacles = check();
        found = obstacles.isEmpty() ? Randomness.find() : null;
        return obstacles;
    }

    /**
     * Forks. Returns in the parent and, on the copy of the calling thread, in the child. Blocks.
     *
     * <p>A child that cannot be given random numbers of its own ends at once, with a line on
     * standard error.
     *
     * @throws IllegalStateException if something is in the way, which the message names with its
     *     remedy, or another thread forks
     * @throws RuntimeException what {@link ForkHooks#beforeFork} throws and, in the child, {@link
     *     ForkHooks#afterForkChild}
     * @throws SyscallException if there is no room for another process, say, or a thread did not
     *     stop in time. With {@link ForkRequest#sibling}, what there was of the child is ended and
     *     reaped by the parent's parent
     */
    public Forked fork(ForkRequest request) {
        if (!forking.compareAndSet(false, true)) {
            // To wait would be to wait in the child as well, and to fork it in its turn.
            throw new IllegalStateException("another thread of this process forks");
        }
        try {
            return prepared(request);
        } finally {
            forking.set(false);
        }
    }

    private Forked prepared(ForkRequest request) {
        // What can change is looked at each time: much of it by rf_fork.
        refuse(checked ? Obstacles.ofTools() : check());
        List<ForkHooks> called = new ArrayList<>();
        Forked forked = null;
        try {
            for (ForkHooks hook : hooks) {
                hook.beforeFork();
                called.addFirst(hook);
            }
            lookAgain();
            forked = copy(request);
        } finally {
            if (!(forked instanceof Forked.Child)) {
                called.forEach(WarmFork::afterForkParent);
            }
        }
        if (forked instanceof Forked.Child) {
            // No method reference: it would be linked in each child anew.
            for (ForkHooks hook : called) {
                hook.afterForkChild();
            }
        }
        return forked;
    }

    /** What was found, unless hooks may have made more since. */
    private @Nullable Randomness trusted() {
        return hooks.isEmpty() ? found : null;
    }

    /** Once here, and not in each child from now on. */
    private void lookAgain() {
        Randomness before = trusted();
        if (before != null && !before.complete()) {
            found = Randomness.find();
        }
    }

    /** The child is there, whatever a hook makes of it: its number is not to be lost. */
    private static void afterForkParent(ForkHooks hook) {
        try {
            hook.afterForkParent();
        } catch (RuntimeException e) {
            Thread current = Thread.currentThread();
            current.getUncaughtExceptionHandler().uncaughtException(current, e);
        }
    }

    private Forked copy(ForkRequest request) {
        int ready = syscalls.forks().rf_fork_init(0);
        Errno.check("rf_fork_init", ready, null);
        int parentPid = syscalls.processes().getpid();
        try (Arena call = Arena.ofConfined()) {
            MemorySegment result = call.allocate(Forks.Result.BYTES, Long.BYTES);
            MemorySegment options = options(request, call);
            int pid = syscalls.forks().rf_fork(options.address(), result.address());
            if (pid < 0) {
                throw failed(-pid, result);
            }
            return pid == 0 ? child(parentPid, result) : parent(pid, result);
        }
    }

    private static MemorySegment options(ForkRequest request, Arena call) {
        MemorySegment options = call.allocate(Forks.Options.BYTES, Long.BYTES);
        options.set(ADDRESS, Forks.Options.KEPT, ints(request.kept(), call));
        options.set(JAVA_INT, Forks.Options.KEPT_COUNT, request.kept().size());
        options.set(ADDRESS, Forks.Options.CLOSED, ints(request.closed(), call));
        options.set(JAVA_INT, Forks.Options.CLOSED_COUNT, request.closed().size());
        options.set(
                JAVA_INT, Forks.Options.FREEZE_LIMIT_MS, (int) request.freezeLimit().toMillis());
        options.set(JAVA_INT, Forks.Options.SIBLING, request.sibling() ? 1 : 0);
        return options;
    }

    private static MemorySegment ints(List<Integer> fds, Arena call) {
        return call.allocateFrom(JAVA_INT, fds.stream().mapToInt(Integer::intValue).toArray());
    }

    private static Forked parent(int pid, MemorySegment result) {
        return new Forked.Parent(
                pid,
                result.get(JAVA_INT, Forks.Result.PIDFD),
                Duration.ofNanos(result.get(JAVA_LONG, Forks.Result.PAUSE_NS)),
                Duration.ofNanos(result.get(JAVA_LONG, Forks.Result.RESTORE_NS)));
    }

    private Forked child(int parentPid, MemorySegment result) {
        try {
            Renewal.run(syscalls.processes().getpid(), trusted());
            // It says nothing of what the child will do before it forks in its turn.
            found = null;
        } catch (IOException | RuntimeException | LinkageError e) {
            // Nobody may get the random numbers of its siblings.
            System.err.println("ringfork: a warm fork has no random numbers of its own: " + e);
            Runtime.getRuntime().halt(EXIT_SOFTWARE);
        }
        return new Forked.Child(parentPid, result.get(JAVA_INT, Forks.Result.THREADS));
    }

    private static void refuse(List<Obstacle> obstacles) {
        if (!obstacles.isEmpty()) {
            throw new IllegalStateException(Obstacle.sentence(obstacles));
        }
    }

    private SyscallException failed(int errno, MemorySegment result) {
        int stage = result.get(JAVA_INT, Forks.Result.STAGE);
        int culprit = result.get(JAVA_INT, Forks.Result.CULPRIT);
        String where = stage >= 0 && stage < STAGES.size() ? STAGES.get(stage) : "stage " + stage;
        if (errno == Errno.EOPNOTSUPP) {
            refuse(check());
        }
        return new SyscallException(
                "rf_fork", errno, culprit < 0 ? where : where + ", at " + culprit);
    }
}
