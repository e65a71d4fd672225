// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.reactor.uring;

import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.SyscallException;
import dev.ringfork.bindings.Syscalls;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.stream.Stream;

/**
 * What io_uring(7) can do here, found by doing each thing once, on sockets and pipes of our own:
 * version numbers say nothing about what a distribution has carried over or a filter forbids.
 */
public final class Features {

    private Features() {}

    /**
     * What became of one trial.
     *
     * @param group what it belongs to: {@code setup}, {@code sockets}…
     * @param name the kernel's name for it, or a few words
     * @param works whether it does
     * @param detail what there is to say: why it does not work, or how it does; may be empty
     */
    public record Result(String group, String name, boolean works, String detail) {}

    /** One feature and how it is tried. */
    record Feature(String group, String name, Trial trial) {}

    /** Does it once. */
    interface Trial {
        /**
         * Tries.
         *
         * @return what there is to say of it, or an empty text
         * @throws SyscallException if the kernel refuses
         * @throws IllegalStateException if it does something else: the message says what
         */
        String run(TrialBench bench);
    }

    /** All that is tried, in the order it is shown. */
    static List<Feature> all() {
        return Stream.of(
                        SetupTrials.all(),
                        RingTrials.all(),
                        SocketTrials.all(),
                        BufferTrials.all(),
                        WaitTrials.all())
                .flatMap(List::stream)
                .toList();
    }

    /**
     * Tries everything; takes some milliseconds and leaves nothing open. Safe for use by many
     * threads: the rings are on a thread of their own, which the end of a ring may interrupt once
     * more when it is long closed.
     *
     * @return a result for each feature; where there is no io_uring at all, each says why
     * @throws InterruptedException if the caller is interrupted; the trials end by themselves
     */
    public static List<Result> tryAll(Syscalls syscalls) throws InterruptedException {
        return tryThese(syscalls, all());
    }

    /**
     * Tries one of them and wants it to work: for a choice that is not to change silently.
     *
     * @throws IllegalStateException if it does not, or the caller is interrupted: the message says
     *     why
     */
    public static void require(Syscalls syscalls, String name) {
        List<Feature> named = all().stream().filter(it -> it.name.equals(name)).toList();
        if (named.isEmpty()) {
            throw new IllegalArgumentException("there is no feature " + name);
        }
        try {
            for (Result result : tryThese(syscalls, named)) {
                if (!result.works()) {
                    throw new IllegalStateException(name + ": " + result.detail());
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while trying " + name, e);
        }
    }

    private static List<Result> tryThese(Syscalls syscalls, List<Feature> features)
            throws InterruptedException {
        FutureTask<List<Result>> task = new FutureTask<>(() -> tryHere(syscalls, features));
        Thread.ofPlatform().name("ring trials").start(task);
        try {
            return task.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("a trial broke", e.getCause());
        }
    }

    private static List<Result> tryHere(Syscalls syscalls, List<Feature> features) {
        String absence = RingSupport.refusal(syscalls);
        List<Result> results = new ArrayList<>();
        for (Feature feature : features) {
            results.add(
                    absence == null
                            ? tryOne(syscalls, feature)
                            : new Result(feature.group, feature.name, false, absence));
        }
        return results;
    }

    private static Result tryOne(Syscalls syscalls, Feature feature) {
        try (TrialBench bench = new TrialBench(syscalls)) {
            String remark = feature.trial.run(bench);
            return new Result(feature.group, feature.name, true, remark);
        } catch (SyscallException e) {
            return new Result(feature.group, feature.name, false, reason(e));
        } catch (IllegalStateException e) {
            return new Result(feature.group, feature.name, false, String.valueOf(e.getMessage()));
        }
    }

    private static String reason(SyscallException refused) {
        int errno = refused.errno();
        String meaning = Errno.text(errno);
        if (errno == Errno.EINVAL) {
            meaning = "this kernel does not know it";
        } else if (errno == Errno.EOPNOTSUPP) {
            meaning = "this kernel or this kind of socket does not have it";
        } else if (errno == Errno.ENOMEM) {
            meaning = "no memory, or too little that may be locked: raise ulimit -l";
        }
        return "%s: %s (%s)".formatted(refused.name(), meaning, refused.call());
    }
}
