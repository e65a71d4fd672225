// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.prefork.spawn;

import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.SyscallException;
import dev.ringfork.bindings.WaitStatus;
import dev.ringfork.reactor.Reactor;
import dev.ringfork.reactor.Registration;
import dev.ringfork.reactor.demux.Interest;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A launcher in the master's loop, and what it was asked for and has not answered.
 *
 * <p>It may die after it has forked a worker and before that worker has told its pid. So the socket
 * is listened to until it ends: each such worker has it open, and who has not answered by then
 * never will. Only then the launcher is reaped, for until then its process group is its own.
 *
 * <p>Confined to the master's thread. Owns the launcher, and closes it by itself when it has ended;
 * {@link #close} is for one that has not.
 */
final class LauncherPost implements AutoCloseable {
    /** Hears what came of an order: one of both, once. */
    interface Reply {
        void answered(Launcher.Answer answer);

        /**
         * There will be no answer, and there is no worker.
         *
         * @param why what became of the launcher, such as "has died"
         */
        void unanswered(String why);
    }

    /** Hears how the launcher fares. */
    interface Holder {
        /** It is of no use any more, which may be told more than once. */
        void useless(LauncherPost post);

        /** It has ended, was reaped, and is closed. */
        void ended(LauncherPost post, String why, WaitStatus how);
    }

    private static final String DIED = "has died";

    private final Launcher launcher;
    private final Holder holder;
    private final Registration registration = new Registration((_, _) -> hear());
    private final Map<Integer, Reply> replies = new HashMap<>();
    private @Nullable String trouble;
    private boolean silent;
    private boolean dead;

    LauncherPost(Launcher launcher, Holder holder) {
        this.launcher = launcher;
        this.holder = holder;
    }

    /**
     * Begins to listen to it.
     *
     * @throws SyscallException if there is no descriptor for that
     */
    void attach(Reactor reactor, Spawner.Ends ends) {
        int result = reactor.add(registration, launcher.fd(), Interest.READ);
        Errno.check("add", result, "the launcher");
        ends.watch(launcher.pid(), this::died);
    }

    int pid() {
        return launcher.pid();
    }

    /**
     * Asks for a worker: the answer's result is its pid, or {@code -errno}.
     *
     * @throws Launcher.Gone if it takes no orders
     * @throws SyscallException if this one cannot be sent now
     * @throws IllegalStateException if it is too much for one order
     */
    void spawn(Assignment assignment, Reply reply) {
        List<Integer> descriptors = assignment.manifest().descriptors();
        replies.put(launcher.spawn(descriptors, assignment.there().variables()), reply);
    }

    /**
     * Asks to reap a worker that has ended, as {@link Launcher#reap} does.
     *
     * @throws Launcher.Gone if it takes no orders
     * @throws SyscallException if this one cannot be sent now
     */
    void reap(int worker, Reply reply) {
        replies.put(launcher.reap(worker), reply);
    }

    /** It is of no use, and ended. A worker that it has started may still say so. */
    void dismiss(String why) {
        launcher.kill();
        lose(why);
    }

    private void lose(String why) {
        if (trouble == null) {
            trouble = why;
        }
        holder.useless(this);
    }

    private void hear() {
        try {
            for (Launcher.Answer answer; (answer = launcher.receive()) != null; ) {
                heard(answer);
            }
            registration.exhausted(Interest.READ);
        } catch (Launcher.Gone e) {
            fallSilent();
        }
    }

    private void heard(Launcher.Answer answer) {
        if (!answer.ready()) {
            Reply reply = replies.remove(answer.number());
            if (reply != null) {
                reply.answered(answer);
            }
        } else if (answer.result() < 0) {
            lose("is of no use (%s)".formatted(answer.text()));
        }
    }

    private void fallSilent() {
        registration.remove();
        silent = true;
        lose(DIED);
        List<Reply> unanswered = List.copyOf(replies.values());
        replies.clear();
        unanswered.forEach(reply -> reply.unanswered(why()));
        endIfOver();
    }

    private void died() {
        dead = true;
        lose(DIED);
        endIfOver();
    }

    private String why() {
        return trouble == null ? DIED : trouble;
    }

    private void endIfOver() {
        if (silent && dead && !launcher.closed()) {
            WaitStatus how = launcher.reap();
            launcher.close();
            holder.ended(this, why(), how);
        }
    }

    /** Ends it, and waits for its end. */
    @Override
    public void close() {
        registration.remove();
        launcher.close();
    }
}
