// SPDX-License-Identifier: Apache-2.0
package dev.ringfork.examples.signalio;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringfork.bindings.Address;
import dev.ringfork.bindings.Errno;
import dev.ringfork.bindings.Processes;
import dev.ringfork.bindings.SyscallException;
import dev.ringfork.bindings.Syscalls;
import dev.ringfork.bindings.abi.ProcessConstants;
import dev.ringfork.bindings.faults.FaultInjectingSyscalls;
import dev.ringfork.examples.signalio.SignalDrivenEcho.Statistics;
import dev.ringfork.examples.signals.QueuedSignals;
import dev.ringfork.examples.signals.SignalPipe;
import dev.ringfork.examples.signals.SignalQueueLimit;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Real clients, and the ways in which signals fail. */
class SignalDrivenEchoTest {

    /** More records than a pipe has room for. */
    private static final int FLOOD = 6000;

    private final Syscalls syscalls = Syscalls.get();

    @BeforeEach
    void assumeQueuedSignals() {
        QueuedSignals.assume();
    }

    private void signal(int signo, int times) {
        Processes processes = syscalls.processes();
        int self = processes.getpid();
        for (int i = 0; i < times; i++) {
            assertEquals(0, processes.kill(self, signo));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldServeTwoHundredClientsAtOnce(boolean plain) throws Exception {
        try (RunningEcho echo = new RunningEcho(syscalls, plain)) {
            echo.serve(200, 1, socket -> RunningEcho.converse(socket, 20, 1500));
            Statistics did = echo.finish();
            assertEquals(200, did.accepted());
            assertTrue(did.received() > 0, did::toString);
            assertEquals(plain, did.polls() > 0 && did.overflows() == 0, did::toString);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldSendBackMoreThanAllBuffersHold(boolean plain) throws Exception {
        try (RunningEcho echo = new RunningEcho(syscalls, plain)) {
            echo.serve(3, 1, socket -> RunningEcho.stream(socket, 20_000_000));
        }
    }

    @Test
    void shouldNotMixUpConnectionsThatHaveTheSameNumber() throws Exception {
        try (RunningEcho echo = new RunningEcho(syscalls, false)) {
            echo.serve(8, 100, socket -> RunningEcho.stream(socket, 40_000));
            assertEquals(800, echo.finish().accepted());
        }
    }

    @Test
    void shouldPollWhenTheKernelHasNoRoomForSignals() throws Exception {
        try (RunningEcho echo = new RunningEcho(syscalls, false);
                SignalQueueLimit _ = new SignalQueueLimit(0)) {
            echo.serve(50, 2, socket -> RunningEcho.stream(socket, 100_000));
            Statistics did = echo.finish();
            assertTrue(did.overflows() > 0, did::toString);
            assertTrue(did.polls() > 0, did::toString);
            assertEquals(100, did.accepted());
        }
    }

    @Test
    void shouldGoOnWithSignalsAfterAnOverflow() throws Exception {
        try (RunningEcho echo = new RunningEcho(syscalls, false);
                Socket socket = echo.connect()) {
            try (SignalQueueLimit _ = new SignalQueueLimit(0)) {
                RunningEcho.converse(socket, 5, 1000);
            }
            RunningEcho.converse(socket, 50, 1000);
            Statistics did = echo.finish();
            assertTrue(did.overflows() > 0, did::toString);
            assertTrue(did.overflows() < 50, did::toString);
        }
    }

    @Test
    void shouldPollWhenThePipeIsFull() throws Exception {
        GatedPolling gate = new GatedPolling();
        try (RunningEcho echo = new RunningEcho(gate.syscalls(), false);
                Socket socket = echo.connect()) {
            RunningEcho.converse(socket, 1, 100);
            gate.shut();
            RunningEcho.converse(socket, 1, 100);
            gate.awaitArrival();

            signal(SignalPipe.EVENT, FLOOD);
            awaitDelivery();
            byte[] sent = RunningEcho.random(100, 3);
            socket.getOutputStream().write(sent);
            gate.open();
            // Of these bytes no record tells.
            assertArrayEquals(sent, socket.getInputStream().readNBytes(sent.length));
            Statistics did = echo.finish();
            assertTrue(did.crowded() > 0, did::toString);
            assertTrue(did.polls() > 0, did::toString);
            assertEquals(0, did.overflows());
        }
    }

    /** Until no signal to the process is pending; the test's time-out is the deadline. */
    private static void awaitDelivery() throws IOException {
        String pending;
        do {
            pending =
                    Files.readAllLines(Path.of("/proc/self/status")).stream()
                            .filter(line -> line.startsWith("ShdPnd:"))
                            .findFirst()
                            .orElseThrow();
        } while (!pending.matches("ShdPnd:\\s*0+"));
    }

    @Test
    void shouldSurviveAStormOfSignals() throws Exception {
        try (RunningEcho echo = new RunningEcho(syscalls, false)) {
            CompletableFuture<Void> storm =
                    CompletableFuture.runAsync(() -> {
                        signal(SignalPipe.EVENT, 5 * FLOOD);
                        signal(ProcessConstants.SIGIO, FLOOD);
                    });
            echo.serve(20, 5, socket -> RunningEcho.stream(socket, 200_000));
            storm.get(20, TimeUnit.SECONDS);
            assertEquals(100, echo.finish().accepted());
        }
    }

    @Test
    void shouldTryTheBacklogAgainWhenThereWasNoDescriptor() throws Exception {
        FaultInjectingSyscalls faulty = new FaultInjectingSyscalls(syscalls, 1);
        try (RunningEcho echo = new RunningEcho(faulty, false)) {
            echo.serve(1, 1, socket -> RunningEcho.stream(socket, 1000));
            faulty.onCall("accept4").times(3).fail(Errno.EMFILE);
            // Its one signal leads to the first failure, and no other one comes.
            echo.serve(1, 1, socket -> RunningEcho.stream(socket, 1000));
            assertEquals(2, echo.finish().accepted());
        }
        assertEquals(3, faulty.injected().size());
    }

    @Test
    void shouldServeTheNextWhenAClientResets() throws Exception {
        try (RunningEcho echo = new RunningEcho(syscalls, false)) {
            try (Socket socket = echo.connect()) {
                RunningEcho.converse(socket, 1, 100);
                // A close that discards what is on the way is a reset.
                socket.setSoLinger(true, 0);
            }
            echo.serve(1, 1, socket -> RunningEcho.stream(socket, 1000));
            assertEquals(2, echo.finish().accepted());
        }
    }

    @Test
    void shouldGiveTheSignalsBackWhenItCannotListen() {
        Address taken = Address.parse("127.0.0.1:0");
        try (SignalDrivenEcho first = new SignalDrivenEcho(syscalls, taken, false)) {
            // One door a process.
            assertThrows(
                    IllegalStateException.class,
                    () -> new SignalDrivenEcho(syscalls, first.address(), false));
        }
        Address foreign = Address.parse("192.0.2.1:0");
        assertThrows(SyscallException.class, () -> new SignalDrivenEcho(syscalls, foreign, false));
        new SignalDrivenEcho(syscalls, taken, false).close();
    }
}
