// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.bindings.contract;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ringfork.bindings.Platform;
import dev.ringfork.bindings.abi.ProcessConstants;
import dev.ringfork.bindings.abi.SyscallNumbers;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.invoke.MethodHandle;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * A call that blocks in a thread of its own until a signal interrupts it. The signal is SIGPIPE,
 * for which HotSpot has a handler that does nothing; it is sent to that thread alone.
 */
final class InterruptedCall {

    private static final long DEADLINE_NS = Duration.ofSeconds(10).toNanos();

    private InterruptedCall() {}

    /** What the call returns when it is interrupted. */
    static long result(LongSupplier call) throws InterruptedException {
        assumeTrue(
                Platform.current().linux(), "one thread is signalled by tgkill, which is Linux's");
        AtomicInteger tid = new AtomicInteger();
        AtomicLong result = new AtomicLong();
        Thread blocked =
                Thread.ofPlatform()
                        .start(() -> {
                            tid.set(syscall("gettid", 0, 0, 0));
                            result.set(call.getAsLong());
                        });
        long start = System.nanoTime();
        // Again and again: the first signals may come before the thread blocks.
        while (!blocked.join(Duration.ofMillis(1))) {
            assertTrue(System.nanoTime() - start < DEADLINE_NS, "the call goes on blocking");
            if (tid.get() != 0) {
                int pid = (int) ProcessHandle.current().pid();
                syscall("tgkill", pid, tid.get(), ProcessConstants.SIGPIPE);
            }
        }
        return result.get();
    }

    @SuppressWarnings("restricted") // A test that no provider may help with.
    private static int syscall(String name, long a, long b, long c) {
        Linker linker = Linker.nativeLinker();
        MethodHandle syscall =
                linker.downcallHandle(
                        linker.defaultLookup().findOrThrow("syscall"),
                        FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG),
                        Linker.Option.firstVariadicArg(1));
        long number = SyscallNumbers.of(Platform.current()).number(name);
        try {
            return (int) syscall.invokeExact(number, a, b, c);
        } catch (Throwable thrown) {
            throw new AssertionError(name, thrown);
        }
    }
}
