// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.signals;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringfork.bindings.Syscalls;
import dev.ringfork.bindings.abi.ProcessConstants;
import dev.ringfork.bindings.abi.SignalConstants;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SignalPipeTest {
    private static final int DEADLINE_MS = 10_000;

    private final Syscalls syscalls = Syscalls.get();

    @BeforeEach
    void assumeQueuedSignals() {
        QueuedSignals.assume();
    }

    private void signal() {
        int self = syscalls.processes().getpid();
        assertEquals(0, syscalls.processes().kill(self, SignalPipe.EVENT));
    }

    @Test
    void shouldHandOnASignal() {
        try (SignalPipe pipe = SignalPipe.open(syscalls, SignalPipe.EVENT)) {
            signal();
            assertTrue(pipe.await(DEADLINE_MS));
            assertEquals(1, pipe.read());
            assertEquals(SignalPipe.EVENT, pipe.signo(0));
            assertEquals(SignalConstants.SI_USER, pipe.code(0));
            assertEquals(-1, pipe.fd(0));
            assertEquals(0, pipe.read());
            assertEquals(0, pipe.crowded());
        }
    }

    @Test
    void shouldEndAWaitAtItsTimeAndWhenWoken() {
        try (SignalPipe pipe = SignalPipe.open(syscalls, SignalPipe.EVENT)) {
            assertFalse(pipe.await(1));
            pipe.wake();
            assertTrue(pipe.await(DEADLINE_MS));
            assertEquals(1, pipe.read());
            assertEquals(0, pipe.signo(0));
        }
    }

    @Test
    void shouldLeaveNothingToTheNextOne() {
        SignalPipe first = SignalPipe.open(syscalls, SignalPipe.EVENT);
        signal();
        assertTrue(first.await(DEADLINE_MS));
        first.close();
        first.wake();
        // Ignored from then on, where its default effect would be the end of this process.
        signal();
        try (SignalPipe second = SignalPipe.open(syscalls, SignalPipe.EVENT)) {
            assertEquals(0, second.read());
        }
    }

    @Test
    void shouldNotTakeASignalFromItsOwner() {
        // The virtual machine suspends threads by it.
        IllegalStateException refused =
                assertThrows(
                        IllegalStateException.class,
                        () -> SignalPipe.open(syscalls, ProcessConstants.SIGUSR2));
        assertEquals(
                "signal %d is handled by somebody else in this process"
                        .formatted(ProcessConstants.SIGUSR2),
                refused.getMessage());
        // The door is not blocked by that.
        SignalPipe.open(syscalls, SignalPipe.EVENT).close();
    }

    @Test
    void shouldBeTheOnlyOne() {
        try (SignalPipe pipe = SignalPipe.open(syscalls, SignalPipe.EVENT)) {
            assertThrows(
                    IllegalStateException.class, () -> SignalPipe.open(syscalls, SignalPipe.EVENT));
            assertEquals(0, pipe.read());
        }
    }
}
