// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings.bench;

import dev.ringfork.bindings.calls.Native;
import dev.ringfork.bindings.calls.Provider;
import dev.ringfork.bindings.calls.RingforkLibrary;
import dev.ringfork.bindings.calls.Shape;
import dev.ringfork.bindings.ffm.FfmProvider;
import dev.ringfork.bindings.jna.JnaProvider;
import dev.ringfork.bindings.jni.JniProvider;
import dev.ringfork.bindings.jnr.JnrProvider;
import java.lang.invoke.MethodHandle;
import org.openjdk.jmh.annotations.Benchmark;

/** A function that does nothing, {@code rf_version}: what the way into C costs by itself. */
public class NoopBench extends SyscallBench {
    private static final RingforkLibrary LIBRARY = new RingforkLibrary(provider()::open);
    private static final MethodHandle PLAIN = link(false);
    private static final MethodHandle CRITICAL = link(true);

    private long seen;

    private static Provider provider() {
        return switch (SYSCALLS.provider()) {
            case "ffm" -> new FfmProvider();
            case "jni" -> new JniProvider();
            case "jna" -> new JnaProvider();
            case "jnr" -> new JnrProvider();
            default -> throw new IllegalStateException(SYSCALLS.provider());
        };
    }

    private static MethodHandle link(boolean critical) {
        return LIBRARY.find("rf_version", Shape.settled(Native.ARGUMENTS, critical));
    }

    /** As a call that may wait is made. */
    @Benchmark
    public void plain() throws Throwable {
        seen = (long) PLAIN.invokeExact(0L, 0L, 0L, 0L, 0L, 0L);
    }

    /** As a call that never waits is made. */
    @Benchmark
    public void critical() throws Throwable {
        seen = (long) CRITICAL.invokeExact(0L, 0L, 0L, 0L, 0L, 0L);
    }
}
