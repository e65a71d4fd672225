// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork;

import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.SyscallException;
import dev.ringfork.bindings.Syscalls;
import dev.ringfork.bindings.abi.ProcessConstants;
import dev.ringfork.prefork.process.ForkRequest;
import dev.ringfork.prefork.process.Forked;
import dev.ringfork.prefork.process.Obstacle;
import dev.ringfork.prefork.process.WarmFork;
import dev.ringfork.prefork.spawn.Assignment;
import dev.ringfork.prefork.spawn.Post;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A process that serves nobody: workers are forked from it, and so have what it has loaded and
 * warmed. It ends when its master closes their socket or has ended. Confined to one thread.
 */
final class Template {
    private static final List<Integer> FOR_THE_MASTER =
            List.of(
                    ProcessConstants.SIGTERM,
                    ProcessConstants.SIGINT,
                    ProcessConstants.SIGHUP,
                    ProcessConstants.SIGUSR1,
                    ProcessConstants.SIGTTIN,
                    ProcessConstants.SIGTTOU,
                    ProcessConstants.SIGWINCH);

    private final Syscalls syscalls;
    private final Post post;
    private final WarmFork warm;
    private final IntConsumer settle;
    private final YoungSpace young = new YoungSpace();

    /**
     * One that takes orders from a socket, which it owns.
     *
     * @param warm with the hooks of whoever has something to do around each fork
     * @param settle is told, in each copy, the slot of the worker that it is
     */
    Template(Syscalls syscalls, Post post, WarmFork warm, IntConsumer settle) {
        this.syscalls = syscalls;
        this.post = post;
        this.warm = warm;
        this.settle = settle;
    }

    /**
     * Warms this process up and says that workers can be forked from it, or why not.
     *
     * @return whether they can
     */
    boolean prepare(Runnable warmUp) {
        String obstacle = obstacle(warmUp);
        if (obstacle == null) {
            keepSignalsApart();
            post.answer(0, 0);
        } else {
            post.refuse(0, Errno.EOPNOTSUPP, obstacle);
        }
        return obstacle == null;
    }

    /**
     * Says of a worker that has finished that others can be forked from it.
     *
     * @throws IllegalStateException if they cannot: the message says why
     */
    void promote() {
        String obstacle = obstacle(() -> {});
        if (obstacle != null) {
            throw new IllegalStateException("no worker can be forked from this one: " + obstacle);
        }
        keepSignalsApart();
        post.promoted();
    }

    /**
     * Forks workers until it is not wanted any more. Blocks, and returns in each of them too.
     *
     * @return what this process has become, or null if it is the template still and has to end
     */
    @Nullable Assignment serve() {
        Assignment assigned = null;
        Post.Wanted wanted = post.await();
        while (wanted != null) {
            assigned = start(wanted);
            wanted = assigned == null ? next() : null;
        }
        post.close();
        return assigned;
    }

    private Post.@Nullable Wanted next() {
        // While nobody waits for it.
        young.emptyIfCrowded();
        return post.await();
    }

    /**
     * What reaches everybody, from a terminal or a service manager, is the master's to act on. A
     * worker sees to its signals itself.
     */
    private void keepSignalsApart() {
        for (int signo : FOR_THE_MASTER) {
            syscalls.signals().rf_signal_ignore(signo);
        }
    }

    private @Nullable String obstacle(Runnable warmUp) {
        try {
            warmUp.run();
        } catch (RuntimeException e) {
            return "the program cannot be warmed up: " + e;
        }
        young.empty();
        List<Obstacle> obstacles = warm.prepare();
        return obstacles.isEmpty() ? null : Obstacle.sentence(obstacles);
    }

    /**
     * In the worker what it is assigned, here null.
     *
     * @throws RuntimeException in a worker that a hook has failed in: it is to end by it
     */
    private @Nullable Assignment start(Post.Wanted wanted) {
        int template = syscalls.processes().getpid();
        try {
            Assignment assignment = wanted.assignment();
            List<Integer> kept = new ArrayList<>(wanted.fds());
            kept.add(post.fd());
            Forked forked = warm.fork(ForkRequest.DEFAULT.keeping(kept).asSibling());
            if (forked instanceof Forked.Parent parent) {
                wanted.close(syscalls.descriptors());
                if (parent.pidfd() >= 0) {
                    syscalls.descriptors().close(parent.pidfd());
                }
                return null;
            }
            settle.accept(assignment.slot());
            introduce(wanted);
            return assignment;
        } catch (RuntimeException e) {
            if (syscalls.processes().getpid() != template) {
                // The master reaps it, and counts it as a start that has failed.
                introduce(wanted);
                throw e;
            }
            wanted.close(syscalls.descriptors());
            int errno = e instanceof SyscallException call ? call.errno() : Errno.EOPNOTSUPP;
            post.refuse(wanted.number(), errno, e.getMessage() == null ? "" + e : e.getMessage());
            return null;
        }
    }

    /** Of the worker: not the template says so, which may have died since. */
    private void introduce(Post.Wanted wanted) {
        // What a terminal sends to its group is for the master alone.
        syscalls.processes().setpgid(0, 0);
        post.answer(wanted.number(), syscalls.processes().getpid());
    }
}
