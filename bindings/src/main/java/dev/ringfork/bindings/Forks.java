// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings;

/**
 * Copies of a running process with all its threads, by libringfork. Linux with glibc only.
 *
 * <p>The functions have the names of {@code ringfork.h}, which is their manual. Each returns its
 * result or {@code -errno} and neither throws nor allocates; without libringfork {@code -ENOSYS}.
 * Safe for use by many threads.
 *
 * <p>Records are C's, in native memory: offsets of their fields are the constants of {@link
 * Options}, {@link Result} and {@link Findings}, ints unless something else is said.
 */
public interface Forks {

    /** What a fork is to do besides, {@code struct rf_fork_options}; zeros are fit. */
    final class Options {
        /** Its size. */
        public static final int BYTES = 40;

        /** The address of ints: descriptors that the child shares as they are. */
        public static final int KEPT = 0;

        /** The address of ints: descriptors that the child is not to have. */
        public static final int CLOSED = 8;

        /** How many are kept. */
        public static final int KEPT_COUNT = 16;

        /** How many are closed. */
        public static final int CLOSED_COUNT = 20;

        /** How long threads may take to stop; 0 for five seconds. */
        public static final int FREEZE_LIMIT_MS = 24;

        /** What the child is sent when its parent ends; 0 for nothing. */
        public static final int DEATH_SIGNAL = 28;

        /** Whether the child is the parent's parent's. */
        public static final int SIBLING = 32;

        private Options() {}
    }

    /** What came of a fork, {@code struct rf_fork_result}. */
    final class Result {
        /** Its size. */
        public static final int BYTES = 104;

        /** The child's number; 0 in the child. */
        public static final int PID = 0;

        /** A descriptor of the child, the caller's to close, or -1. */
        public static final int PIDFD = 4;

        /** How far it came, see {@code enum rf_fork_stage}. */
        public static final int STAGE = 8;

        /** The thread or descriptor to blame, or -1. */
        public static final int CULPRIT = 12;

        /** Threads brought back. */
        public static final int THREADS = 16;

        /** Until all threads stood, a long. */
        public static final int FREEZE_NS = 64;

        /** Until the process was copied, a long. */
        public static final int CLONE_NS = 80;

        /** How long the parent stood still, a long. */
        public static final int PAUSE_NS = 88;

        /** From the copy until the child was whole, a long. */
        public static final int RESTORE_NS = 96;

        private Result() {}
    }

    /** What is in the way of a fork, {@code struct rf_fork_findings}. */
    final class Findings {
        /** Its size. */
        public static final int BYTES = 96;

        /** Bits of {@code enum rf_fork_reason}; 0 for nothing. */
        public static final int REASONS = 0;

        /** The mode of seccomp(2). */
        public static final int SECCOMP = 4;

        /** The first descriptor that is in the way, or -1. */
        public static final int FD = 44;

        /** Its name in /proc, a string. */
        public static final int NAME = 48;

        private Findings() {}
    }

    /**
     * Gets ready.
     *
     * @param signo the signal that stops threads; 0 for one that is chosen
     * @return 0, also if it was called before, or {@code -EINVAL}, {@code -EBUSY} (the signal is
     *     taken), {@code -EOPNOTSUPP}, {@code -EAGAIN}, {@code -ENOMEM}
     */
    int rf_fork_init(int signo);

    /**
     * Looks for what is in the way.
     *
     * @param findings the address of a record to be filled in
     * @return 0, or {@code -EBUSY}, {@code -ENOMEM}
     */
    int rf_fork_check(long findings);

    /**
     * Forks: returns in the parent and in the child. Blocks until the child is whole.
     *
     * @param options the address of a record, or 0
     * @param result the address of a record to be filled in, in both
     * @return the child's number, 0 in the child, or {@code -errno} as {@code ringfork.h} has it
     */
    int rf_fork(long options, long result);
}
