// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings.bench;

import dev.ringfork.bindings.Descriptors;
import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.Sockets;
import dev.ringfork.bindings.Syscalls;
import dev.ringfork.bindings.abi.Fcntl;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What the benchmarks of calls have in common: memory and descriptors that last as long as one
 * benchmark, and the check of each result.
 *
 * <p>Calls are made as a user makes them, by the families of {@link Syscalls}, through the provider
 * that {@code -Dringfork.bindings} names. Confined to the thread that measures.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 10, time = 200, timeUnit = TimeUnit.MILLISECONDS)
public abstract class SyscallBench {
    /** The way to the kernel. */
    protected static final Syscalls SYSCALLS = Syscalls.get();

    /** Calls on any descriptor. */
    protected static final Descriptors DESCRIPTORS = SYSCALLS.descriptors();

    /** Socket calls. */
    protected static final Sockets SOCKETS = SYSCALLS.sockets();

    private final List<Integer> open = new ArrayList<>();
    private final Arena arena = Arena.ofShared();

    /** Zeroed memory until the benchmark ends. */
    protected final MemorySegment memory(long bytes) {
        return arena.allocate(bytes, Long.BYTES);
    }

    /** Has a descriptor closed when the benchmark ends. */
    protected final int keep(String call, int fd) {
        open.add(Errno.check(call, fd, null));
        return fd;
    }

    /** Has two descriptors closed when the benchmark ends. */
    protected final int[] keepBoth(String call, int result, MemorySegment fds) {
        Errno.check(call, result, null);
        int[] both = fds.toArray(ValueLayout.JAVA_INT);
        keep(call, both[0]);
        keep(call, both[1]);
        return both;
    }

    /** A pipe that blocks: its end to read, its end to write. */
    protected final int[] pipe() {
        MemorySegment fds = memory(2 * Integer.BYTES);
        return keepBoth("pipe2", DESCRIPTORS.pipe2(fds, Fcntl.O_CLOEXEC), fds);
    }

    /** What a result must not be is checked everywhere, here and in C. */
    protected static void ok(long result) {
        if (result < 0) {
            failed(result);
        }
    }

    /** A count that must be exactly so. */
    protected static void all(long result, long expected) {
        if (result != expected) {
            failed(result);
        }
    }

    private static void failed(long result) {
        Errno.check("the call that is measured", result, null);
        throw new IllegalStateException("the call that is measured returned " + result);
    }

    /** What a benchmark ends before its descriptors are closed. */
    protected void end() throws Exception {}

    /** Closes what is open. */
    @TearDown(Level.Trial)
    public final void close() throws Exception {
        end();
        open.forEach(DESCRIPTORS::close);
        open.clear();
        arena.close();
    }
}
