// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings;

/**
 * How a child ended or changed, as the wait calls store it, waitpid(2). Immutable.
 *
 * @param platform whose encoding it is: the two differ in what a continued child looks like
 * @param status the int that was stored
 */
public record WaitStatus(Platform platform, int status) {

    private static final int SIGNAL_MASK = 0x7f;
    private static final int STOPPED = 0x7f;
    private static final int CORE = 0x80;
    private static final int BYTE = 0xff;
    private static final int CONTINUED_LINUX = 0xffff;
    private static final int CONTINUED_MACOS = 0x13;

    /** A status of this platform. */
    public static WaitStatus of(int status) {
        return new WaitStatus(Platform.current(), status);
    }

    /** Whether it ended by itself, {@code WIFEXITED}. */
    public boolean exited() {
        return (status & SIGNAL_MASK) == 0;
    }

    /** What it ended with, {@code WEXITSTATUS}; of use when {@link #exited}. */
    public int exitStatus() {
        return status >> Byte.SIZE & BYTE;
    }

    /** Whether a signal ended it, {@code WIFSIGNALED}. */
    public boolean signaled() {
        return !exited() && (status & SIGNAL_MASK) != STOPPED;
    }

    /** The signal that ended it, {@code WTERMSIG}; of use when {@link #signaled}. */
    public int termSignal() {
        return status & SIGNAL_MASK;
    }

    /** Whether a core was written, {@code WCOREDUMP}; of use when {@link #signaled}. */
    public boolean coreDumped() {
        return (status & CORE) != 0;
    }

    /** Whether a signal stopped it, {@code WIFSTOPPED}; reported with {@code WUNTRACED}. */
    public boolean stopped() {
        return (status & SIGNAL_MASK) == STOPPED && !continued();
    }

    /** The signal that stopped it, {@code WSTOPSIG}; of use when {@link #stopped}. */
    public int stopSignal() {
        return exitStatus();
    }

    /** Whether it goes on after a stop, {@code WIFCONTINUED}; reported with {@code WCONTINUED}. */
    public boolean continued() {
        if (platform.linux()) {
            return status == CONTINUED_LINUX;
        }
        return (status & SIGNAL_MASK) == STOPPED && exitStatus() == CONTINUED_MACOS;
    }

    /** A few words: {@code exited with 3}, {@code killed by signal 9}. */
    @Override
    public String toString() {
        if (exited()) {
            return "exited with " + exitStatus();
        }
        if (signaled()) {
            return "killed by signal " + termSignal() + (coreDumped() ? ", core dumped" : "");
        }
        return continued() ? "continued" : "stopped by signal " + stopSignal();
    }
}
